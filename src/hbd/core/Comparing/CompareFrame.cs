using System.Collections.Generic;

namespace Hbd.Core.Comparing;

/// <summary>A question or an answer about configurations, decoded. Made once and filled again.</summary>
public sealed class CompareFrame
{
    /// <summary>Entries of one frame at most: what fits into <see cref="Limits.FrameBytes"/>.</summary>
    public const int EntriesMax = (Limits.FrameBytes - Limits.FrameBytesMin) / ComparedEntry.HeadBytes;

    public bool IsAnswer { get; set; }

    /// <summary>Of the node that asks, in the answer too.</summary>
    public uint Generation { get; set; }

    /// <summary>Of the question, in the answer too.</summary>
    public ulong Sequence { get; set; }

    public byte KeyId { get; set; }

    /// <summary>Place of the first item that is asked for, or told of.</summary>
    public int First { get; set; }

    /// <summary>Of an answer: all items of the node that answers.</summary>
    public int Total { get; set; }

    /// <summary>Of an answer: the low half of the digest of what both nodes must agree on.</summary>
    public uint Digest { get; set; }

    /// <summary>Of an answer: its clock, nanoseconds since 1970.</summary>
    public long WallNs { get; set; }

    public List<ComparedEntry> Entries { get; } = [];
}
