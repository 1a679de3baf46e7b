using System.Collections.Generic;

namespace Hbd.Core.Witness;

/// <summary>One group that a round asks for, and how far the arbiter is with it. Made once and used again.</summary>
internal sealed class DiskAsk
{
    public uint Group { get; set; }

    public uint Epoch { get; set; }

    public uint HandedBy { get; set; }

    /// <summary>This node's own claim; null: the table is full.</summary>
    public DiskOwn.Own? Own { get; set; }

    /// <summary>An unbroken lease goes on.</summary>
    public bool Renews { get; set; }

    /// <summary>A claim was written in this round, before the other's were read.</summary>
    public bool Claims { get; set; }
}

/// <summary>The requests of one round.</summary>
internal sealed class DiskRound
{
    private readonly List<DiskAsk> _kept = [];
    private readonly List<DiskAsk> _asks = [];

    public IReadOnlyList<DiskAsk> Asks => _asks;

    public Instant Begun { get; private set; }

    public ulong Nonce { get; private set; }

    public int Pages { get; private set; }

    /// <summary>Its begin is no more what the clock says: nothing may count from it.</summary>
    public bool Void { get; set; }

    public void Clear(Instant now)
    {
        _asks.Clear();
        Begun = now;
        Pages = 0;
        Void = false;
    }

    public void Add(WitnessRequest page)
    {
        Nonce = page.Nonce;
        Pages++;
        foreach (ref readonly WitnessAsk ask in page.Asks)
        {
            if (_asks.Count == _kept.Count)
            {
                _kept.Add(new DiskAsk());
            }

            DiskAsk kept = _kept[_asks.Count];
            (kept.Group, kept.Epoch, kept.HandedBy) = (ask.Group, ask.Epoch, ask.HandedBy);
            (kept.Own, kept.Renews, kept.Claims) = (null, false, false);
            _asks.Add(kept);
        }
    }
}
