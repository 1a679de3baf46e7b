using System.Collections.Generic;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;

namespace Hbd.Core.Recording;

/// <summary>One decoded record; filled again by the next <see cref="RecordReader.TryRead"/>.</summary>
public sealed class Record
{
    private readonly List<ClusterAction> _actions = [];

    internal Packet Packet { get; } = new();

    internal List<ClusterAction> ActionList => _actions;

    internal List<WrittenFrame> WroteList { get; } = [];

    public RecordKind Kind { get; internal set; }

    /// <summary>On the monotonic clock of the node.</summary>
    public Instant At { get; internal set; }

    /// <summary>Of kinds Event, Beat and those of frames. A frame that cannot be told any more has no packet.</summary>
    public ClusterEvent Event { get; internal set; }

    /// <summary>What the core decided.</summary>
    public IReadOnlyList<ClusterAction> Actions => _actions;

    public IReadOnlyList<WrittenFrame> Wrote => WroteList;

    /// <summary>Pages written, or records lost.</summary>
    public long Count { get; internal set; }

    public MessageId Message { get; internal set; }

    public string Group { get; internal set; } = "";

    public string Text { get; internal set; } = "";

    public long WallNs { get; internal set; }

    public ulong Sequence { get; internal set; }

    public ulong Hash { get; internal set; }

    /// <summary>A record of what the core was told or did, not one about the recording.</summary>
    public bool IsFrame => Kind is RecordKind.Frame or RecordKind.FrameDifference or RecordKind.SameFrame;

    internal void Clear()
    {
        Kind = RecordKind.None;
        Event = default;
        _actions.Clear();
        WroteList.Clear();
        Count = 0;
        Message = MessageId.None;
        Group = Text = "";
        WallNs = 0;
        Sequence = Hash = 0;
    }
}
