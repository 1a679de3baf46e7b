namespace Hbd.Core;

/// <summary>The way to a new life of the daemon in place: the same process executes a new program, or the same with a new configuration.</summary>
public enum RenewalStep
{
    /// <summary>What the new configuration changes stops and stays stopped.</summary>
    Begin,

    /// <summary>This turn is the last one: recurring monitors are called off.</summary>
    Depart,

    /// <summary>The old life goes on, and what was stopped starts again.</summary>
    CallOff,
}
