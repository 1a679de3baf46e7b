namespace Hbd.Daemon.Control;

/// <summary>What an operator can ask for over the control socket.</summary>
internal enum ControlCommand
{
    /// <summary>One status line.</summary>
    Status,

    /// <summary>A status line now and after every change.</summary>
    Watch,

    /// <summary>Hand groups to the peer.</summary>
    Standby,

    /// <summary>Ask the peer to hand groups over.</summary>
    Takeover,

    /// <summary>Send groups home to their preferred node.</summary>
    Failback,

    /// <summary>Forget failures on this node.</summary>
    Cleanup,

    /// <summary>Leave the cluster in order and end.</summary>
    Stop,

    /// <summary>Devices, pending requests, history and plan of fencing.</summary>
    Fence,

    /// <summary>Test the devices of a node.</summary>
    FenceTest,
    FenceOff,
    FenceOn,
    FenceReboot,

    /// <summary>A person says that a node is off.</summary>
    FenceConfirm,

    /// <summary>A shared object may run inside the daemon again.</summary>
    AgentClear,

    /// <summary>Nothing of a node or a group is started, stopped, moved or fenced.</summary>
    MaintenanceOn,
    MaintenanceOff,

    /// <summary>Bring a group to a node and keep it there for a while.</summary>
    Move,
    MoveEnd,

    /// <summary>All metrics, as text.</summary>
    Metrics,

    /// <summary>The configuration is read again: all of it or nothing.</summary>
    Reload,

    /// <summary>The program is executed anew in place; the selector is its path, empty for the one that runs.</summary>
    Upgrade,

    /// <summary>The peer is asked where its configuration differs, unless it is being asked.</summary>
    Compare,

    /// <summary>The peer is asked what its clock shows.</summary>
    Clock,

    /// <summary>How far that is.</summary>
    Comparison,
}

/// <summary>Answer to a command: accepted, or refused and why. What becomes of it is seen in the status.</summary>
internal readonly record struct CommandReply(bool Ok, string Message);

/// <summary>The daemon as the control server sees it. Called on the loop thread, must not block.</summary>
internal interface IControlTarget
{
    StatusDocument Status();

    /// <param name="selector">A group's name, or <c>all</c>, <c>local</c>, <c>foreign</c>; empty for stop; a node for fencing, and why after a blank;
    /// an agent for clear.</param>
    CommandReply Execute(ControlCommand command, string selector, ControlClient who);

    /// <summary>What <see cref="ControlCommand.Fence"/> answers.</summary>
    FenceDocument Fencing();

    /// <summary>Somebody asked for something; for the record.</summary>
    void Asked(string who, string what, string answer);

    /// <summary>What <see cref="ControlCommand.Metrics"/> answers: Prometheus' text format.</summary>
    string Metrics();

    /// <summary>What <see cref="ControlCommand.Compare"/>, <see cref="ControlCommand.Clock"/> and <see cref="ControlCommand.Comparison"/> answer.</summary>
    ComparisonDocument Compare(ControlCommand command);
}
