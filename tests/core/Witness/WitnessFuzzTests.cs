using System;
using System.Collections.Generic;
using Hbd.Core.Auth;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Xunit;

namespace Hbd.Core.Tests.Witness;

/// <summary>
/// Goal: what is written is read back; nothing that arrives throws or reads beyond its end. Method: full frames, every prefix, random
/// bytes, and random changes under a MAC that is made to fit.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class WitnessFuzzTests : IDisposable
{
    private readonly Keyring _keyring = new(3, [new KeyValuePair<int, byte[]>(3, "a key of a test"u8.ToArray())]);
    private readonly byte[] _buffer = new byte[Limits.FrameBytes];

    [Fact]
    public void A_full_page_and_its_answer_fit_a_frame_and_come_back_whole()
    {
        WitnessRequest request = Full();
        WitnessRequest read = new();
        int length = WitnessCodec.Write(request, _buffer, _keyring);
        Assert.True(WitnessCodec.TryPeekCluster(_buffer.AsSpan(0, length), out uint cluster));
        Assert.Equal(1u, cluster);
        Assert.Equal(FrameVerdict.Accepted, WitnessCodec.Read(_buffer.AsSpan(0, length), _keyring, read));
        Assert.Equal(request.Asks.ToArray(), read.Asks.ToArray());
        Assert.Equal((2u, 3u, 4UL, 5UL), (read.Sender, read.Generation, read.Sequence, read.Nonce));
        Assert.Equal(Duration.FromSeconds(6), read.Lease);

        WitnessReply reply = new() { Cluster = 1, To = 2, Nonce = 5 };
        foreach (WitnessAsk ask in read.Asks)
        {
            Assert.True(reply.TryAdd(new WitnessWord(ask.Group, ask.Group % 2 == 0, ask.Epoch, 9, Duration.FromMilliseconds(7))));
        }

        WitnessReply back = new();
        length = WitnessCodec.Write(reply, _buffer, _keyring);
        Assert.Equal(FrameVerdict.Accepted, WitnessCodec.Read(_buffer.AsSpan(0, length), _keyring, back));
        Assert.Equal(reply.Words.ToArray(), back.Words.ToArray());
        Assert.Equal((2u, 5UL), (back.To, back.Nonce));

        // One is not the other.
        Assert.Equal(FrameVerdict.BadMagic, WitnessCodec.Read(_buffer.AsSpan(0, length), _keyring, read));
    }

    /// <summary>The two frames of doc/wire.md, computed by a program that shares nothing with hbd.</summary>
    [Fact]
    public void The_document_s_frames_are_written()
    {
        using Keyring keyring = new(1, [new KeyValuePair<int, byte[]>(1, "the first shared secret"u8.ToArray())]);
        WitnessRequest request = new()
        {
            Cluster = WireId.Of("web"),
            Sender = WireId.Of("srv1"),
            Generation = 1_700_000_000,
            Sequence = 12,
            Nonce = 0x0102030405060708,
            Lease = Duration.FromSeconds(6),
        };
        request.TryAdd(new WitnessAsk(WireId.Of("10.0.0.100/24/eth0"), 4, 1_699_999_999));
        int length = WitnessCodec.Write(request, _buffer, keyring);
        Assert.Equal(
            "685701014b5e57f6841e12266553f100000000000000000c0100001801020304050607080000177008b40ead00000004" +
            "6553f0ff7b20c9aa28796f169410e047aad05ae2",
            Convert.ToHexStringLower(_buffer, 0, length));
        WitnessReply reply = new() { Cluster = WireId.Of("web"), To = WireId.Of("srv1"), Nonce = 0x0102030405060708 };
        reply.TryAdd(new WitnessWord(WireId.Of("10.0.0.100/24/eth0"), false, 3, WireId.Of("srv2"), Duration.FromMilliseconds(1_500)));
        length = WitnessCodec.Write(reply, _buffer, keyring);
        Assert.Equal(
            "685701024b5e57f6841e122600000000000000000000000001000019010203040506070808b40ead0000000003c3fbb3" +
            "cf000005dc7f9d5510fd9d47e92737ab46cd485adb",
            Convert.ToHexStringLower(_buffer, 0, length));
    }

    [Fact]
    public void Every_part_of_a_frame_is_refused()
    {
        int length = WitnessCodec.Write(Full(), _buffer, _keyring);
        WitnessRequest read = new();
        for (int i = 0; i < length; i++)
        {
            Assert.NotEqual(FrameVerdict.Accepted, WitnessCodec.Read(_buffer.AsSpan(0, i), _keyring, read));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Changes_under_a_good_mac_never_throw_and_never_pass_what_is_out_of_range(byte type)
    {
        Prng prng = new(7);
        WitnessRequest request = new();
        WitnessReply reply = new();
        int accepted = 0;
        for (int round = 0; round < Fuzz.Rounds(50_000); round++)
        {
            int body = prng.Below(200);
            byte[] frame = new byte[28 + body + 16];
            for (int i = 0; i < frame.Length; i++)
            {
                frame[i] = (byte)prng.Below(prng.Chance(500) ? 3 : 256);
            }

            (frame[0], frame[1], frame[2], frame[3], frame[24]) = (0x68, 0x57, 1, type, 3);
            (frame[26], frame[27]) = (0, (byte)body);
            _keyring.Sign(frame, 28 + body);
            FrameVerdict verdict = type == 1 ? WitnessCodec.Read(frame, _keyring, request) : WitnessCodec.Read(frame, _keyring, reply);
            Assert.True(verdict is FrameVerdict.Accepted or FrameVerdict.Malformed);
            if (verdict == FrameVerdict.Accepted && type == 1)
            {
                Assert.InRange(request.Lease.Nanoseconds, 1, Limits.LeaseMax.Nanoseconds);
                Assert.All(request.Asks.ToArray(), ask => Assert.InRange(ask.Epoch, 1u, Limits.Epoch));
            }

            accepted += verdict == FrameVerdict.Accepted ? 1 : 0;
        }

        Assert.NotEqual(0, accepted);
    }

    [Fact]
    public void Noise_is_refused()
    {
        Prng prng = new(9);
        WitnessReply reply = new();
        for (int round = 0; round < Fuzz.Rounds(20_000); round++)
        {
            byte[] noise = new byte[prng.Below(Limits.FrameBytes + 20)];
            new System.Random(round).NextBytes(noise);
            Assert.NotEqual(FrameVerdict.Accepted, WitnessCodec.Read(noise, _keyring, reply));
            Assert.False(WitnessCodec.TryPeekCluster(noise, out _));
        }
    }

    public void Dispose() => _keyring.Dispose();

    private static WitnessRequest Full()
    {
        WitnessRequest request = new()
        {
            Cluster = 1,
            Sender = 2,
            Generation = 3,
            Sequence = 4,
            Nonce = 5,
            Lease = Duration.FromSeconds(6),
        };
        for (uint i = 1; request.TryAdd(new WitnessAsk(i, i * 3, i * 5)); i++)
        {
        }

        Assert.Equal(WitnessRequest.AsksMax, request.Asks.Length);
        return request;
    }
}
