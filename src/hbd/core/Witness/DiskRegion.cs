using System;

namespace Hbd.Core.Witness;

/// <summary>All slots of one node as they were read: of each the newest copy whose checksum is good.</summary>
internal sealed class DiskRegion(DiskHeader header, uint node)
{
    private readonly byte[][] _bytes = [new byte[DiskLayout.RegionBytes], new byte[DiskLayout.RegionBytes]];
    private readonly bool[] _good = new bool[DiskLayout.Copies];
    private readonly byte[] _copyOf = new byte[DiskLayout.Pages];
    private readonly int[] _counts = new int[DiskLayout.Pages];
    private readonly DiskCopies _copies = new();

    public int BadCopies => _copies.Bad;

    /// <summary>The highest counter that was read.</summary>
    public ulong Counter { get; private set; }

    /// <summary>Both copies could be read, and of some slot neither is good: that does not get better by itself.</summary>
    public bool Damaged { get; private set; }

    /// <summary>One copy was read, or could not be.</summary>
    public void Take(int copy, bool ok, ReadOnlySpan<byte> bytes)
    {
        _good[copy] = ok && bytes.Length >= DiskLayout.RegionBytes;
        if (_good[copy])
        {
            bytes[..DiskLayout.RegionBytes].CopyTo(_bytes[copy]);
        }
    }

    /// <summary>True when what was read counts.</summary>
    public bool Judge()
    {
        Counter = 0;
        Damaged = false;
        bool first = _good[0];
        bool second = _good[1];
        for (int page = 0; page < DiskLayout.Pages; page++)
        {
            ulong newer = 0;
            int fewer = 0;
            bool whole = _good[0] && DiskSlot.TryRead(Slot(0, page), Expected(page), out newer, out fewer);
            ulong newerTwo = 0;
            int fewerTwo = 0;
            bool wholeTwo = _good[1] && DiskSlot.TryRead(Slot(1, page), Expected(page), out newerTwo, out fewerTwo);
            bool two = wholeTwo && (!whole || newerTwo > newer);
            _copyOf[page] = two ? (byte)1 : (byte)0;
            _counts[page] = two ? fewerTwo : whole ? fewer : 0;
            ulong counter = two ? newerTwo : whole ? newer : 0;
            Counter = counter > Counter ? counter : Counter;
            Damaged |= _good[0] && _good[1] && !whole && !wholeTwo;
            first &= whole;
            second &= wholeTwo;
        }

        return _copies.Judge(first, second);
    }

    public int CountOf(int page) => _counts[page];

    public DiskClaim Claim(int page, int index) => DiskSlot.Claim(Slot(_copyOf[page], page), index);

    private DiskSlot Expected(int page) => new(header.Cluster, header.Format, node, page, 0);

    private ReadOnlySpan<byte> Slot(int copy, int page) =>
        _bytes[copy].AsSpan(page * DiskLayout.SlotBytes, DiskLayout.SlotBytes);
}
