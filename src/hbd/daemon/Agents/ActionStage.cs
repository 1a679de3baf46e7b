namespace Hbd.Daemon.Agents;

/// <summary>How far the action of a resource has come.</summary>
internal enum ActionStage
{
    None,

    /// <summary>The result is known already; it is told in the next turn.</summary>
    Decided,

    /// <summary>Something earlier of this resource has not come back yet, or there is no lane or place for it.</summary>
    Parked,
    OnWorker,
    Running,

    /// <summary>Over its time: SIGTERM was sent.</summary>
    Terminating,

    /// <summary>SIGKILL was sent.</summary>
    Killing,
}
