namespace Hbd.Daemon.Agents;

/// <summary>What a worker is asked to do for a resource.</summary>
internal enum JobKind
{
    /// <summary>Run an in-process agent.</summary>
    Agent,

    /// <summary>Start a program; the loop watches it from then on.</summary>
    Spawn,

    /// <summary>Ask systemd about a unit; no worker has to do with it.</summary>
    Unit,

    /// <summary>Put an address back.</summary>
    Restore,
}
