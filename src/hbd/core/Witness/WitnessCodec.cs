using System;
using System.Buffers.Binary;
using Hbd.Core.Auth;
using Hbd.Core.Wire;

namespace Hbd.Core.Witness;

/// <summary>
/// Bytes of the question to the witness and of its answer (doc/wire.md). The header has the layout of a heartbeat's; the MAC is made with
/// the pair's key. Big endian, bounded, no allocation, never throws on what comes in.
/// </summary>
public static class WitnessCodec
{
    private const ushort Magic = 0x6857;
    private const byte Version = 1;
    private const byte Request = 1;
    private const byte Reply = 2;
    private const int RequestHead = sizeof(ulong) + sizeof(uint);
    private const int ReplyHead = sizeof(ulong);

    /// <summary>Writes and signs a request; returns its length.</summary>
    public static int Write(WitnessRequest request, Span<byte> buffer, Keyring keyring)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(keyring);
        int body = RequestHead + (request.Asks.Length * WitnessAsk.Bytes);
        SideFrame.Write(buffer, Magic, Version, Request, request.Cluster, request.Sender, request.Generation, request.Sequence, keyring.SigningId, body);
        Span<byte> rest = buffer[WireFormat.HeaderBytes..];
        BinaryPrimitives.WriteUInt64BigEndian(rest, request.Nonce);
        BinaryPrimitives.WriteUInt32BigEndian(rest[8..], (uint)((request.Lease.Nanoseconds + 999_999) / 1_000_000));
        rest = rest[RequestHead..];
        foreach (ref readonly WitnessAsk ask in request.Asks)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, ask.Group);
            BinaryPrimitives.WriteUInt32BigEndian(rest[4..], ask.Epoch);
            BinaryPrimitives.WriteUInt32BigEndian(rest[8..], ask.HandedBy);
            rest = rest[WitnessAsk.Bytes..];
        }

        return keyring.Sign(buffer, WireFormat.HeaderBytes + body);
    }

    /// <summary>Writes and signs an answer; returns its length.</summary>
    public static int Write(WitnessReply reply, Span<byte> buffer, Keyring keyring)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(keyring);
        int body = ReplyHead + (reply.Words.Length * WitnessWord.Bytes);
        SideFrame.Write(buffer, Magic, Version, Reply, reply.Cluster, reply.To, 0, 0, keyring.SigningId, body);
        Span<byte> rest = buffer[WireFormat.HeaderBytes..];
        BinaryPrimitives.WriteUInt64BigEndian(rest, reply.Nonce);
        rest = rest[ReplyHead..];
        foreach (ref readonly WitnessWord word in reply.Words)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, word.Group);
            rest[4] = word.Granted ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteUInt32BigEndian(rest[5..], word.Epoch);
            BinaryPrimitives.WriteUInt32BigEndian(rest[9..], word.Owner);
            BinaryPrimitives.WriteUInt32BigEndian(rest[13..], (uint)((word.Left.Nanoseconds + 999_999) / 1_000_000));
            rest = rest[WitnessWord.Bytes..];
        }

        return keyring.Sign(buffer, WireFormat.HeaderBytes + body);
    }

    /// <summary>The cluster that a frame names, before anything of it is believed: it says with which key to look. False: no such frame.</summary>
    public static bool TryPeekCluster(ReadOnlySpan<byte> bytes, out uint cluster)
    {
        bool looks = Outside(bytes, Request) == FrameVerdict.Accepted;
        cluster = looks ? BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) : 0;
        return looks;
    }

    /// <summary>Reads a request of a node of this keyring's pair.</summary>
    public static FrameVerdict Read(ReadOnlySpan<byte> bytes, Keyring keyring, WitnessRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        FrameVerdict verdict = Authentic(bytes, Request, keyring);
        if (verdict != FrameVerdict.Accepted)
        {
            return verdict;
        }

        ReadOnlySpan<byte> rest = bytes[WireFormat.HeaderBytes..^WireFormat.MacBytes];
        if (rest.Length < RequestHead || (rest.Length - RequestHead) % WitnessAsk.Bytes != 0)
        {
            return FrameVerdict.Malformed;
        }

        request.Clear();
        request.Cluster = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        request.Sender = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        request.Generation = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        request.Sequence = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        request.KeyId = bytes[24];
        request.Nonce = BinaryPrimitives.ReadUInt64BigEndian(rest);
        request.Lease = Duration.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(rest[8..]));
        if (request.Lease <= Duration.Zero || request.Lease > Limits.LeaseMax || request.Sender == 0)
        {
            return FrameVerdict.Malformed;
        }

        for (rest = rest[RequestHead..]; rest.Length > 0; rest = rest[WitnessAsk.Bytes..])
        {
            uint epoch = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            WitnessAsk ask = new(BinaryPrimitives.ReadUInt32BigEndian(rest), epoch, BinaryPrimitives.ReadUInt32BigEndian(rest[8..]));
            if (epoch is 0 or > Limits.Epoch || !request.TryAdd(ask))
            {
                return FrameVerdict.Malformed;
            }
        }

        return FrameVerdict.Accepted;
    }

    /// <summary>Reads an answer; for whom it is, and to which question, the caller judges.</summary>
    public static FrameVerdict Read(ReadOnlySpan<byte> bytes, Keyring keyring, WitnessReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        FrameVerdict verdict = Authentic(bytes, Reply, keyring);
        if (verdict != FrameVerdict.Accepted)
        {
            return verdict;
        }

        ReadOnlySpan<byte> rest = bytes[WireFormat.HeaderBytes..^WireFormat.MacBytes];
        if (rest.Length < ReplyHead || (rest.Length - ReplyHead) % WitnessWord.Bytes != 0)
        {
            return FrameVerdict.Malformed;
        }

        reply.Clear();
        reply.Cluster = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        reply.To = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        reply.KeyId = bytes[24];
        reply.Nonce = BinaryPrimitives.ReadUInt64BigEndian(rest);
        for (rest = rest[ReplyHead..]; rest.Length > 0; rest = rest[WitnessWord.Bytes..])
        {
            WitnessWord word = new(
                BinaryPrimitives.ReadUInt32BigEndian(rest),
                rest[4] == 1,
                BinaryPrimitives.ReadUInt32BigEndian(rest[5..]),
                BinaryPrimitives.ReadUInt32BigEndian(rest[9..]),
                Duration.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(rest[13..])));
            if (rest[4] > 1 || word.Epoch > Limits.Epoch || !reply.TryAdd(word))
            {
                return FrameVerdict.Malformed;
            }
        }

        return FrameVerdict.Accepted;
    }

    private static FrameVerdict Authentic(ReadOnlySpan<byte> bytes, byte type, Keyring keyring)
    {
        ArgumentNullException.ThrowIfNull(keyring);
        FrameVerdict verdict = Outside(bytes, type);
        return verdict == FrameVerdict.Accepted ? keyring.Verify(bytes[24], bytes) : verdict;
    }

    private static FrameVerdict Outside(ReadOnlySpan<byte> bytes, byte type) => SideFrame.Judge(bytes, Magic, Version, type, type);
}
