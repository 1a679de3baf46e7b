namespace Hbd.Plugins.Sdk;

/// <summary>What came of one command to a device.</summary>
public enum StonithOutcome
{
    Ok,

    /// <summary>Answer to a status.</summary>
    IsOn,

    /// <inheritdoc cref="IsOn"/>
    IsOff,
    Failed,
    TimedOut,

    /// <summary>Trying again cannot help: no such program, no such command, a parameter is wrong.</summary>
    Unusable,
}
