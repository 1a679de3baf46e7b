using System;

namespace Hbd.Core.Witness;

/// <summary>All slots of one node as they were read: of each the newest copy whose checksum is good.</summary>
internal sealed class DiskRegion(DiskHeader header, uint node)
{
    private readonly byte[][] _bytes = [new byte[DiskLayout.RegionBytes], new byte[DiskLayout.RegionBytes]];
    private readonly bool[] _good = new bool[DiskLayout.Copies];
    private readonly Verdict[,] _verdicts = new Verdict[DiskLayout.Copies, DiskLayout.Pages];
    private readonly byte[] _copyOf = new byte[DiskLayout.Pages];
    private readonly int[] _counts = new int[DiskLayout.Pages];
    private readonly ulong[] _seen = new ulong[DiskLayout.Pages];
    private readonly DiskCopies _copies = new();

    public int BadCopies => _copies.Bad;

    /// <summary>The highest counter that was read.</summary>
    public ulong Counter { get; private set; }

    /// <summary>Something could be read, but of some slot no good copy: that does not get better by itself.</summary>
    public bool Damaged { get; private set; }

    /// <summary>One copy was read, or could not be. A slot with the same bytes as last time is not judged again: most never change.</summary>
    public void Take(int copy, bool ok, ReadOnlySpan<byte> bytes)
    {
        _good[copy] = ok && bytes.Length >= DiskLayout.RegionBytes;
        for (int page = 0; _good[copy] && page < DiskLayout.Pages; page++)
        {
            ReadOnlySpan<byte> read = bytes.Slice(page * DiskLayout.SlotBytes, DiskLayout.SlotBytes);
            Span<byte> known = Slot(copy, page);
            if (!_verdicts[copy, page].Known || !read.SequenceEqual(known))
            {
                read.CopyTo(known);
                bool whole = DiskSlot.TryRead(known, Expected(page), out ulong counter, out int count);
                _verdicts[copy, page] = new Verdict(true, whole, counter, count);
            }
        }
    }

    /// <summary>
    /// True when what was read counts. Each slot is judged by itself: one may have lost its first copy to a bad sector and another its second
    /// to a power cut. A slot in which nothing is as new as what was seen before does not count: a copy that takes no more writes can still be
    /// read, and while the other cannot, claims in it seem to stand still.
    /// </summary>
    public bool Judge()
    {
        Counter = 0;
        Damaged = false;
        bool counts = true;
        for (int page = 0; page < DiskLayout.Pages; page++)
        {
            Verdict one = _good[0] ? _verdicts[0, page] : default;
            Verdict other = _good[1] ? _verdicts[1, page] : default;
            bool two = other.Whole && (!one.Whole || other.Counter > one.Counter);
            Verdict newer = two ? other : one;
            _copyOf[page] = two ? (byte)1 : (byte)0;
            _counts[page] = newer.Whole ? newer.Count : 0;
            ulong counter = newer.Whole ? newer.Counter : 0;
            Counter = counter > Counter ? counter : Counter;
            Damaged |= (_good[0] || _good[1]) && !one.Whole && !other.Whole;
            counts &= _copies.Judge(page, one.Whole, other.Whole) && counter >= _seen[page];
            _seen[page] = Math.Max(_seen[page], counter);
        }

        return counts;
    }

    public int CountOf(int page) => _counts[page];

    public DiskClaim Claim(int page, int index) => DiskSlot.Claim(Slot(_copyOf[page], page), index);

    private DiskSlot Expected(int page) => new(header.Cluster, header.Format, node, page, 0);

    private Span<byte> Slot(int copy, int page) => _bytes[copy].AsSpan(page * DiskLayout.SlotBytes, DiskLayout.SlotBytes);

    /// <summary>What <see cref="DiskSlot.TryRead"/> said of one copy of a slot.</summary>
    private readonly record struct Verdict(bool Known, bool Whole, ulong Counter, int Count);
}
