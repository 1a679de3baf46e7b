using System;

namespace Hbd.Core.Witness;

/// <summary>One page of a node's question. Made once and filled again.</summary>
public sealed class WitnessRequest
{
    /// <summary>Leases of one page: the answer to a full page fits into <see cref="Limits.FrameBytes"/>.</summary>
    public const int AsksMax = 64;

    private readonly WitnessAsk[] _asks = new WitnessAsk[AsksMax];
    private int _count;

    public uint Cluster { get; set; }

    public uint Sender { get; set; }

    public uint Generation { get; set; }

    public ulong Sequence { get; set; }

    public byte KeyId { get; set; }

    /// <summary>Comes back in the answer, so that the lease counts from when this was sent.</summary>
    public ulong Nonce { get; set; }

    public Duration Lease { get; set; }

    public ReadOnlySpan<WitnessAsk> Asks => _asks.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public bool TryAdd(in WitnessAsk ask)
    {
        if (_count == AsksMax)
        {
            return false;
        }

        _asks[_count++] = ask;
        return true;
    }
}

/// <summary>The answer to one page. Made once and filled again.</summary>
public sealed class WitnessReply
{
    private readonly WitnessWord[] _words = new WitnessWord[WitnessRequest.AsksMax];
    private int _count;

    public uint Cluster { get; set; }

    /// <summary>Wire id of the node that asked.</summary>
    public uint To { get; set; }

    public byte KeyId { get; set; }

    public ulong Nonce { get; set; }

    public ReadOnlySpan<WitnessWord> Words => _words.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public bool TryAdd(in WitnessWord word)
    {
        if (_count == WitnessRequest.AsksMax)
        {
            return false;
        }

        _words[_count++] = word;
        return true;
    }
}
