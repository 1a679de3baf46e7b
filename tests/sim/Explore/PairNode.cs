using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Resources;

namespace Hbd.Sim.Explore;

/// <summary>A frame on its way; never changed.</summary>
internal sealed record Frame(byte[] Bytes, uint Generation, ulong Sequence, long SentNs);

/// <summary>An agent action under way; never changed.</summary>
internal sealed record Running(uint ActionId, AgentAction Agent);

/// <summary>One machine of the explored pair.</summary>
internal sealed class PairNode
{
    /// <summary>Null while the daemon is down.</summary>
    public ClusterCore? Core { get; set; }

    public uint Generation { get; set; }

    /// <summary>The group's one resource runs here, or may.</summary>
    public bool Active { get; set; }

    public bool Paused { get; set; }

    /// <summary>What this node sends is lost.</summary>
    public bool Cut { get; set; }

    public Running? Agent { get; set; }

    /// <summary>The fence request that its device works on; 0 for none.</summary>
    public uint Fence { get; set; }

    /// <summary>Frames on their way to this node, oldest first.</summary>
    public List<Frame> Inbox { get; private set; } = [];

    /// <summary>The first frame delivered to it since it was started: what somebody recorded.</summary>
    public Frame? Recorded { get; set; }

    public bool Runs => Core is not null && !Paused;

    public PairNode Copy()
    {
        PairNode copy = (PairNode)MemberwiseClone();
        copy.Core = Core is null ? null : GraphCopy.Of(Core);
        copy.Inbox = [.. Inbox];
        return copy;
    }

    public void AddTo(GraphHash hash)
    {
        hash.Visit(Core);
        hash.Add(Generation);
        hash.Add((Active ? 1 : 0) + (Paused ? 2 : 0) + (Cut ? 4 : 0));
        hash.Add(Agent is null ? 0 : Agent.ActionId + ((long)Agent.Agent << 32));
        hash.Add(Fence);
        hash.Add(Recorded is null ? 0 : Recorded.Generation + ((long)Recorded.Sequence << 32));
        foreach (Frame frame in Inbox)
        {
            hash.Add(frame.SentNs);
            hash.Add(System.BitConverter.ToInt64(frame.Bytes, frame.Bytes.Length - sizeof(long)));
        }

        hash.Add(-1);
    }
}
