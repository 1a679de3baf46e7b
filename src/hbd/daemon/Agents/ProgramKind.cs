namespace Hbd.Daemon.Agents;

/// <summary>How an agent is run.</summary>
internal enum ProgramKind
{
    /// <summary>It cannot be: see <see cref="AgentProgram.Problem"/>.</summary>
    None,
    BuiltIn,

    /// <summary>A shared object in this process.</summary>
    Plugin,
    Ocf,
    Heartbeat,
    Lsb,

    /// <summary>A unit, through systemctl.</summary>
    Systemd,
}
