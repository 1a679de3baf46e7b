using System;
using Hbd.Core;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <summary>What a witness disk holds, as it was formatted; at most one sector of it is lost for good, to both nodes.</summary>
internal sealed class DiskMedium
{
    private const long Bytes = DiskLayout.DeviceBytesMin;
    private readonly byte[] _content = new byte[Bytes];
    private long _bad = -1;
    private bool _badIsSilent;
    private long _worn = -1;

    public DiskMedium(uint cluster, Duration lease)
    {
        Header = new DiskHeader(cluster, 0x51, lease, DiskLayout.SecondCopy(Bytes));
        byte[] slot = new byte[DiskLayout.SlotBytes];
        for (int part = 0; part < DiskFormat.Parts; part++)
        {
            long at = DiskFormat.Part(Header, part, slot);
            slot.CopyTo(_content, at);
        }
    }

    public DiskHeader Header { get; }

    /// <summary>It says so, or gives back something else.</summary>
    public void LoseSector(Prng prng)
    {
        if (_bad < 0 && _worn < 0)
        {
            long slot = prng.Below(DiskLayout.CopyBytes / DiskLayout.SlotBytes) * (long)DiskLayout.SlotBytes;
            LoseSectorAt(slot + (prng.Below(2) * Header.Second), prng.Chance(500));
        }
    }

    public void LoseSectorAt(long offset, bool silent)
    {
        _bad = offset;
        _badIsSilent = silent;
        Spoil();
    }

    /// <summary>A slot takes no more writes in one copy, says so, and gives back for ever what it held.</summary>
    public void WearOut(Prng prng)
    {
        if (_bad < 0 && _worn < 0)
        {
            _worn = (DiskLayout.SlotBytes * (1L + (prng.Below(2) * DiskLayout.Pages))) + (prng.Below(2) * Header.Second);
        }
    }

    /// <summary>A read or write takes effect; false if the disk says that it could not.</summary>
    public bool Perform(in DiskOperation operation, byte[] data)
    {
        (bool writes, long offset, int length) = operation;
        Span<byte> at = _content.AsSpan((int)offset, length);
        if (writes && offset == _worn)
        {
            return false;
        }

        if (writes)
        {
            data.CopyTo(at);
            Spoil();
        }
        else
        {
            at.CopyTo(data);
        }

        bool hits = _bad >= offset && _bad < offset + length;
        return !hits || _badIsSilent;
    }

    /// <summary>The power went while this was written: some of it is there, and what lay at the border may be neither.</summary>
    public void Tear(in DiskOperation operation, byte[] data, Prng prng)
    {
        if (_worn >= 0 && operation.Offset % Header.Second == _worn % Header.Second)
        {
            // With both copies of one slot hurt nothing is promised.
            return;
        }

        Span<byte> at = _content.AsSpan((int)operation.Offset, operation.Length);
        int whole = prng.Below(3) * at.Length / 2;
        data.AsSpan(0, whole).CopyTo(at);
        if (prng.Chance(500) && whole < at.Length)
        {
            at[whole..(whole + 512)].Fill(0xA5);
        }

        Spoil();
    }

    private void Spoil()
    {
        if (_bad >= 0)
        {
            _content.AsSpan((int)_bad, DiskLayout.SlotBytes).Fill(0x5A);
        }
    }
}
