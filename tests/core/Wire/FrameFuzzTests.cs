using System;
using System.Collections.Generic;
using Hbd.Core.Attributes;
using Hbd.Core.Auth;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Wire;

/// <summary>
/// Goal: no bytes from the wire raise an exception, and none but those the peer signed are accepted. Method: seeded random
/// bytes and damaged good frames; HBD_FUZZ_ROUNDS asks for more of them.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class FrameFuzzTests
{
    private static readonly byte[] s_secret = "a key for fuzzing"u8.ToArray();

    [Fact]
    public void Random_bytes_are_refused()
    {
        using Keyring keyring = new(1, [new(1, s_secret)]);
        FrameCodec codec = new("web", "srv2", "srv1");
        Packet packet = new();
        Random random = new(1);
        byte[] bytes = new byte[Limits.FrameBytes + 64];
        for (int i = 0; i < Fuzz.Rounds(100_000); i++)
        {
            int length = random.Next(random.Next(4) == 0 ? bytes.Length : 80);
            random.NextBytes(bytes.AsSpan(0, length));
            if (random.Next(2) == 0 && length > 3)
            {
                // Past the first comparison, so that the rest of the outside is tried too.
                (bytes[0], bytes[1], bytes[2]) = ((byte)'h', (byte)'B', WireFormat.Version);
            }

            Assert.NotEqual(FrameVerdict.Accepted, codec.Decode(bytes.AsSpan(0, length), keyring, packet));
        }
    }

    [Fact]
    public void Damaged_frames_are_refused()
    {
        using Keyring keyring = new(1, [new(1, s_secret)]);
        FrameCodec codec = new("web", "srv2", "srv1");
        Packet packet = new();
        Random random = new(2);
        byte[] good = new byte[Limits.FrameBytes];
        byte[] bad = new byte[Limits.FrameBytes + 64];
        int length = 0;
        for (int i = 0; i < Fuzz.Rounds(100_000); i++)
        {
            if (i % 50 == 0)
            {
                length = RandomFrame(random, good, keyring);
                Assert.Equal(FrameVerdict.Accepted, codec.Decode(good.AsSpan(0, length), keyring, packet));
            }

            good.CopyTo(bad, 0);
            int damaged = Damage(random, bad, length);
            FrameVerdict verdict = codec.Decode(bad.AsSpan(0, damaged), keyring, packet);
            bool identical = good.AsSpan(0, length).SequenceEqual(bad.AsSpan(0, damaged));
            Assert.Equal(identical, verdict == FrameVerdict.Accepted);
        }
    }

    /// <summary>Behind a good MAC anything may stand: a peer of another make. It is read or refused, never a crash.</summary>
    [Fact]
    public void Authentic_nonsense_is_read_or_refused()
    {
        using Keyring keyring = new(1, [new(1, s_secret)]);
        FrameCodec codec = new("web", "srv2", "srv1");
        Packet packet = new();
        Random random = new(3);
        byte[] bytes = new byte[Limits.FrameBytes];
        for (int i = 0; i < Fuzz.Rounds(100_000); i++)
        {
            int body = random.Next(random.Next(8) == 0 ? Limits.FrameBytes - Limits.FrameBytesMin : 60);
            PacketWriter writer = new(bytes);
            writer.Header((PacketFlags)random.Next(256), WireId.Of("web"), WireId.Of("srv1"), 1, 1, 1);
            _ = writer.Finish();
            Span<byte> sections = bytes.AsSpan(WireFormat.HeaderBytes, body);
            random.NextBytes(sections);
            for (int at = 0; at + 1 < body && random.Next(10) > 0; at += 2 + sections[at + 1])
            {
                sections[at] = random.Next(3) == 0 ? (byte)random.Next(16, 19) : (byte)random.Next(9);
                sections[at + 1] = (byte)(sections[at] == 4 ? GroupEntry.Bytes * random.Next(4) : sections[at] == 6 ? 2 + random.Next(2)
                    : sections[at] == 8 ? (NoticeEntry.Bytes * random.Next(4)) + (random.Next(8) == 0 ? 1 : 0) : sections[at] == 17 ? 14 : sections[at] == 18 ? random.Next(40) : 8);
            }

            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(26), (ushort)body);
            int length = keyring.Sign(bytes, WireFormat.HeaderBytes + body);
            FrameVerdict verdict = codec.Decode(bytes.AsSpan(0, length), keyring, packet);
            Assert.True(verdict is FrameVerdict.Accepted or FrameVerdict.Malformed);
        }
    }

    /// <summary>Entries that are nearly right: all of a frame are read, or none.</summary>
    [Fact]
    public void Torn_attributes_are_refused_whole()
    {
        using Keyring keyring = new(1, [new(1, s_secret)]);
        FrameCodec codec = new("web", "srv2", "srv1");
        Packet packet = new();
        Random random = new(4);
        byte[] bytes = new byte[Limits.FrameBytes];
        byte[] entry = new byte[AttributeWire.BytesMax];
        int accepted = 0;
        for (int i = 0; i < Fuzz.Rounds(30_000); i++)
        {
            List<byte> run = [];
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                AttributeKey key = new((Owner)random.Next(1, 3), (AttributeShelf)random.Next(3), new string('n', random.Next(1, 40)));
                AttributeRecord record = new(key, (uint)random.Next(1, int.MaxValue), random.Next(4) == 0 ? null : new string('€', random.Next(40)));
                run.AddRange(entry.AsSpan(0, AttributeWire.Write(record, entry)));
            }

            byte[] damaged = run.ToArray();
            if (random.Next(4) > 0)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            damaged = random.Next(3) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
            PacketWriter writer = new(bytes.AsSpan(0, Limits.FrameBytes - WireFormat.MacBytes));
            writer.Header(PacketFlags.HearsPeer, WireId.Of("web"), WireId.Of("srv1"), 1, 1, 1);
            int at = writer.Finish();
            for (int done = 0; done < damaged.Length;)
            {
                int piece = Math.Min(byte.MaxValue, Math.Min(damaged.Length - done, random.Next(1, 300)));
                (bytes[at], bytes[at + 1]) = ((byte)SectionType.Attributes, (byte)piece);
                damaged.AsSpan(done, piece).CopyTo(bytes.AsSpan(at + 2));
                at += 2 + piece;
                done += piece;
            }

            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(26), (ushort)(at - WireFormat.HeaderBytes));
            FrameVerdict verdict = codec.Decode(bytes.AsSpan(0, keyring.Sign(bytes, at)), keyring, packet);
            Assert.Equal(AttributeWire.IsWhole(damaged) ? FrameVerdict.Accepted : FrameVerdict.Malformed, verdict);
            accepted += verdict == FrameVerdict.Accepted ? 1 : 0;
            for (ReadOnlySpan<byte> rest = packet.Attributes; verdict == FrameVerdict.Accepted && rest.Length > 0;)
            {
                AttributeRecord record = AttributeWire.Take(ref rest);
                Assert.True(AttributeRecord.Crosses(record.Key.Name, record.Value));
            }
        }

        Assert.True(accepted > 100);
    }

    private static int RandomFrame(Random random, Span<byte> buffer, Keyring keyring)
    {
        PacketWriter writer = new(buffer[..^WireFormat.MacBytes]);
        writer.Header((PacketFlags)random.Next(8), WireId.Of("web"), WireId.Of("srv1"), (uint)random.Next(), (ulong)random.NextInt64(), 1);
        writer.Word(SectionType.Digest, (ulong)random.NextInt64());
        for (int groups = random.Next(random.Next(10) == 0 ? 160 : 5); groups > 0; groups--)
        {
            _ = writer.TryGroup(new GroupEntry((uint)random.Next(), (uint)random.Next(), Owner.Low, LocalState.Running, false, false));
        }

        return keyring.Sign(buffer, writer.Finish());
    }

    private static int Damage(Random random, Span<byte> frame, int length)
    {
        switch (random.Next(5))
        {
            case 0:
                return random.Next(length);
            case 1:
                int longer = random.Next(1, 64);
                random.NextBytes(frame.Slice(length, longer));
                return length + longer;
            case 2:
                frame[random.Next(length)] = (byte)random.Next(256);
                return length;
            case 3:
                int from = random.Next(length);
                frame[from..length].Reverse();
                return length;
            default:
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                {
                    frame[random.Next(length)] ^= (byte)(1 << random.Next(8));
                }

                return length;
        }
    }
}
