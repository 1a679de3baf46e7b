using System;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Xunit;

namespace Hbd.Core.Tests.Witness;

/// <summary>
/// Goal: what is written to a witness disk is read back; no bytes throw or read beyond a slot. Method: a full slot, random bytes, and
/// random changes under a checksum that is made to fit.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class DiskFuzzTests
{
    private readonly byte[] _slot = new byte[DiskLayout.SlotBytes];
    private readonly DiskSlot _head = new(1, 2, 3, 4, 5);

    [Fact]
    public void A_full_slot_and_a_header_come_back_whole()
    {
        DiskClaim[] claims = Full();
        Assert.True(DiskSlot.TryRead(_slot, _head, out ulong counter, out int count));
        Assert.Equal((5UL, DiskLayout.EntriesPerPage), (counter, count));
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(claims[i], DiskSlot.Claim(_slot, i));
        }

        foreach (DiskSlot other in new[] { _head with { Cluster = 9 }, _head with { Format = 9 }, _head with { Node = 9 }, _head with { Page = 0 } })
        {
            Assert.False(DiskSlot.TryRead(_slot, other, out _, out _));
        }

        DiskHeader header = new(1, 2, Duration.FromSeconds(3), 1 << 20);
        header.Write(_slot);
        Assert.True(DiskHeader.TryRead(_slot, out DiskHeader read));
        Assert.Equal(header, read);
        Assert.False(DiskHeader.TryRead(_slot.AsSpan(0, 100), out _));
    }

    [Fact]
    public void Every_changed_bit_is_noticed()
    {
        Full();
        for (int bit = 0; bit < _slot.Length * 8; bit += 7)
        {
            _slot[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(DiskSlot.TryRead(_slot, _head, out _, out _));
            _slot[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Nothing_throws_and_nothing_insane_is_read()
    {
        Prng prng = new(0xD15C);
        for (int run = 0; run < 20_000; run++)
        {
            Full();
            for (int i = prng.Below(4); i >= 0; i--)
            {
                _slot[prng.Below(run % 2 == 0 ? 64 : _slot.Length - Crc32.Bytes)] = (byte)prng.Next();
            }

            uint crc = Crc32.Of(_slot.AsSpan(0, _slot.Length - Crc32.Bytes));
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(_slot.AsSpan(_slot.Length - Crc32.Bytes), crc);
            if (DiskSlot.TryRead(_slot, _head, out _, out int count))
            {
                for (int i = 0; i < count; i++)
                {
                    DiskClaim claim = DiskSlot.Claim(_slot, i);
                    Assert.True(claim.State <= DiskClaimState.Withdrawn && claim.Epoch <= Limits.Epoch && claim.Promised <= Limits.Epoch);
                }
            }

            _ = DiskHeader.TryRead(_slot, out _);
            _ = DiskSlot.TryRead(_slot.AsSpan(0, prng.Below(_slot.Length)), _head, out _, out _);
        }
    }

    private DiskClaim[] Full()
    {
        DiskClaim[] claims = new DiskClaim[DiskLayout.EntriesPerPage];
        for (int i = 0; i < claims.Length; i++)
        {
            claims[i] = new DiskClaim((uint)i, (uint)i + 1, (uint)i, 4, ulong.MaxValue - (ulong)i, (DiskClaimState)(i % 4));
        }

        _head.Write(claims, _slot);
        return claims;
    }
}
