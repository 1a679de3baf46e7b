namespace Hbd.Core.Resources;

/// <summary>
/// Result of an action: the codes of the OCF Resource Agent API 1.1, section 3.4.2, and three of our own for programs
/// that gave none. The numbers up to 191 are on the outside (exit codes of agents), those from 1000 on never are.
/// </summary>
public enum AgentResult
{
    Ok = 0,
    Generic = 1,
    Arguments = 2,
    Unimplemented = 3,
    Permission = 4,
    NotInstalled = 5,
    NotConfigured = 6,
    NotRunning = 7,
    RunningPromoted = 8,
    FailedPromoted = 9,
    Degraded = 190,
    DegradedPromoted = 191,

    /// <summary>Did not finish by its deadline and was ended (program) or given up (in-process).</summary>
    TimedOut = 1000,

    /// <summary>Ended by a signal.</summary>
    Crashed = 1001,

    /// <summary>Could not be started at all.</summary>
    Unreachable = 1002,
}

/// <summary>What an agent is asked to do.</summary>
public enum AgentAction
{
    Start,
    Stop,
    Monitor,
    MetaData,
    ValidateAll,
    Promote,
    Demote,

    /// <summary>Told that an instance of a promotable resource is about to change, or has changed.</summary>
    Notify,
}
