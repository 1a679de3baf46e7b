using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;

namespace Hbd.Core;

/// <summary>What a node can do. The closed set of outputs of <see cref="ClusterCore.Step"/>.</summary>
public enum ClusterActionKind
{
    /// <summary>Send one frame on every medium: <see cref="ClusterCore.WriteFrame"/> makes each.</summary>
    SendHeartbeat,

    /// <summary>Run an agent; the result comes back as ActionFinished with the same id.</summary>
    RunAgent,

    /// <summary>This resource was found running and goes on as it is: look after it as after one that was started.</summary>
    Adopt,

    /// <summary>Nobody waits any more for the recurring monitor with this id: end it; its result is still told.</summary>
    CancelAgent,

    /// <summary>Switch the peer off and prove it; the outcome comes back as FenceFinished with the same id.</summary>
    Fence,

    /// <summary>The fence request with this id is not needed any more: stop it if nothing was sent to a device yet.</summary>
    CancelFence,

    /// <summary>Let this node in again at the devices that cut nodes off; comes back as UnfenceFinished with the same id.</summary>
    Unfence,

    /// <summary>
    /// Take this machine down at once: Message says why, Group and Resource what it is about. The core is <see cref="ClusterCore.Fenced"/>
    /// from here on, whether it works or not.
    /// </summary>
    SelfFence,

    /// <summary>Send one echo to every address of the ping nodes; each answer comes back as PingAnswered.</summary>
    Ping,

    /// <summary>Send to the witness what <see cref="ClusterCore.WriteWitnessRequest"/> writes, until it writes no more.</summary>
    AskWitness,

    /// <summary>Announce the addresses of a running group again (gratuitous ARP, neighbour advertisement).</summary>
    Announce,

    /// <summary>Write one message of the catalogue.</summary>
    Log,

    /// <summary>Keep <see cref="ClusterCore.ModeRecords"/> for the next start.</summary>
    SaveModes,

    /// <summary>Something that status shows has changed.</summary>
    Publish,

    /// <summary>Answer the operator: Message says what; it is a refusal when Refused is set.</summary>
    Reply,

    /// <summary>Everything is stopped and said: end the process.</summary>
    Exit,

    /// <summary><see cref="ClusterCore.AttributeRecords"/> are not what they were: the files that agents read must say the same.</summary>
    SaveAttributes,
}

/// <summary>One output. Fields beyond the kind's own are zero.</summary>
public readonly record struct ClusterAction
{
    public ClusterActionKind Kind { get; init; }

    public uint ActionId { get; init; }

    public int Group { get; init; }

    /// <summary>Index within the group.</summary>
    public int Resource { get; init; }

    public AgentAction Agent { get; init; }

    /// <summary>OCF_CHECK_LEVEL of a monitor.</summary>
    public int Level { get; init; }

    /// <summary>A monitor of what runs, not the probe before a start.</summary>
    public bool Recurring { get; init; }

    /// <summary>What an agent is told, of a Notify.</summary>
    public Notice Notice { get; init; }

    public MessageId Message { get; init; }

    public int Link { get; init; }

    /// <summary>First number of a message; its meaning stands in the catalogue.</summary>
    public long A { get; init; }

    public long B { get; init; }

    public bool Refused { get; init; }
}
