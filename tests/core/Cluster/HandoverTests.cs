using System;
using System.Collections.Generic;
using Hbd.Core.Membership;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>What one life hands to the next comes through as it was, and any other bytes are refused without an exception.</summary>
public sealed class HandoverTests
{
    [Fact]
    public void EverythingComesThrough()
    {
        Handover sample = Sample();
        Assert.Null(HandoverCodec.Read(HandoverCodec.Write(sample), out Handover? read));
        Assert.Equal(sample with { Groups = [] }, read! with { Groups = [] });
        HandedGroup group = Assert.Single(read.Groups);
        Assert.Equal(sample.Groups[0] with { Failures = [] }, group with { Failures = [] });
        Assert.Equal(sample.Groups[0].Failures, group.Failures);
    }

    /// <summary>Every byte of a good one changed, and every length: the checksum finds it.</summary>
    [Fact]
    public void DamageIsNoticed()
    {
        byte[] good = HandoverCodec.Write(Sample());
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = (byte[])good.Clone();
            bad[i] ^= 0x41;
            Assert.NotNull(HandoverCodec.Read(bad, out _));
            Assert.NotNull(HandoverCodec.Read(good.AsSpan(0, i), out _));
        }
    }

    /// <summary>Wrong inside and right outside: the reader is bounded without the checksum.</summary>
    [Fact]
    public void NonsenseIsRefusedOrMakesSense()
    {
        Random random = new(7);
        byte[] good = HandoverCodec.Write(Sample());
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(good.Length + 40)];
            good.AsSpan(0, Math.Min(good.Length, bytes.Length)).CopyTo(bytes);
            for (int i = 0; i < 3 && bytes.Length > 12; i++)
            {
                bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            }

            if (bytes.Length > 4)
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), Hbd.Core.Wire.Crc32.Of(bytes.AsSpan(0, bytes.Length - 4)));
            }

            if (HandoverCodec.Read(bytes, out Handover? read) is null)
            {
                Assert.All(read!.Groups, g => Assert.InRange(g.Epoch, 0u, Limits.Epoch));
                Assert.All(read.Groups, g => Assert.InRange(g.Owner, 0, 1));
            }
        }
    }

    private static Handover Sample() => new()
    {
        At = new Instant(123_456_789_012),
        Generation = 7,
        Peer = NodeState.Dead,
        PeerGeneration = 9,
        PeerFenced = true,
        Groups =
        [
            new HandedGroup
            {
                Id = 0xCAFE,
                Epoch = 12,
                Owner = 1,
                Away = true,
                Stays = false,
                Failed = true,
                Excluded = false,
                Broken = true,
                Failures = new List<HandedFailures> { new(3, 2, new Instant(99)) },
            },
        ],
    };
}
