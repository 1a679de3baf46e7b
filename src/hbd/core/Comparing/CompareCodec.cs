using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Hbd.Core.Auth;
using Hbd.Core.Wire;

namespace Hbd.Core.Comparing;

/// <summary>
/// Bytes of the question where two configurations differ, and of its answers (doc/wire.md). A frame of its own, so that no heartbeat grows.
/// The header has the layout of a heartbeat's. Bounded, never throws on what comes in.
/// </summary>
public sealed class CompareCodec(string cluster, string self, string peer)
{
    /// <summary>An answer needs this much room for an item with a few letters of its name.</summary>
    public const int FrameBytesMin = WireFormat.HeaderBytes + AnswerHead + ComparedEntry.HeadBytes + WireFormat.MacBytes;

    private const ushort Magic = 0x6844;
    private const byte Version = 1;
    private const byte Question = 1;
    private const byte Answer = 2;
    private const int QuestionBody = 2;
    private const int AnswerHead = 16;

    private readonly uint _cluster = WireId.Of(cluster);
    private readonly uint _self = WireId.Of(self);
    private readonly uint _peer = WireId.Of(peer);

    /// <summary>By its first bytes; nothing of it is believed yet.</summary>
    public static bool Looks(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(bytes) == Magic;

    /// <summary>Writes and signs a question; returns its length.</summary>
    public int WriteQuestion(uint generation, ulong sequence, int first, Span<byte> buffer, Keyring keyring)
    {
        ArgumentNullException.ThrowIfNull(keyring);
        Header(buffer, Question, generation, sequence, keyring.SigningId, QuestionBody);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[WireFormat.HeaderBytes..], (ushort)first);
        return keyring.Sign(buffer, WireFormat.HeaderBytes + QuestionBody);
    }

    /// <summary>Writes and signs what fits of the items from the one on that was asked for; returns the length.</summary>
    /// <param name="buffer">At least <see cref="FrameBytesMin"/> and a few bytes for a name.</param>
    public int WriteAnswer(CompareFrame question, IReadOnlyList<ComparedItem> items, uint digest, long wallNs, Span<byte> buffer, Keyring keyring)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(keyring);
        Check.That(items.Count <= ushort.MaxValue, "items can be counted");
        Span<byte> body = buffer[WireFormat.HeaderBytes..^WireFormat.MacBytes];
        BinaryPrimitives.WriteInt64BigEndian(body, wallNs);
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], digest);
        BinaryPrimitives.WriteUInt16BigEndian(body[12..], (ushort)items.Count);
        int first = Math.Min(question.First, items.Count);
        BinaryPrimitives.WriteUInt16BigEndian(body[14..], (ushort)first);
        int length = AnswerHead;
        for (int i = first; i < items.Count && TryEntry(items[i], body, ref length, keyring); i++)
        {
        }

        Header(buffer, Answer, question.Generation, question.Sequence, keyring.SigningId, length);
        return keyring.Sign(buffer, WireFormat.HeaderBytes + length);
    }

    /// <summary>Reads a frame of the peer; whether it is fresh the caller judges.</summary>
    public FrameVerdict Read(ReadOnlySpan<byte> bytes, Keyring keyring, CompareFrame frame)
    {
        ArgumentNullException.ThrowIfNull(keyring);
        ArgumentNullException.ThrowIfNull(frame);
        FrameVerdict verdict = Outside(bytes);
        verdict = verdict == FrameVerdict.Accepted ? keyring.Verify(bytes[24], bytes) : verdict;
        if (verdict != FrameVerdict.Accepted)
        {
            return verdict;
        }

        frame.IsAnswer = bytes[3] == Answer;
        frame.Generation = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        frame.Sequence = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        frame.KeyId = bytes[24];
        frame.Entries.Clear();
        ReadOnlySpan<byte> body = bytes[WireFormat.HeaderBytes..^WireFormat.MacBytes];
        return (frame.IsAnswer ? ReadAnswer(body, frame) : ReadQuestion(body, frame)) ? FrameVerdict.Accepted : FrameVerdict.Malformed;
    }

    private static bool ReadQuestion(ReadOnlySpan<byte> body, CompareFrame frame)
    {
        // What a later version adds behind it is skipped.
        frame.First = body.Length < QuestionBody ? 0 : BinaryPrimitives.ReadUInt16BigEndian(body);
        return body.Length >= QuestionBody;
    }

    private static bool ReadAnswer(ReadOnlySpan<byte> body, CompareFrame frame)
    {
        if (body.Length < AnswerHead)
        {
            return false;
        }

        frame.WallNs = BinaryPrimitives.ReadInt64BigEndian(body);
        frame.Digest = BinaryPrimitives.ReadUInt32BigEndian(body[8..]);
        frame.Total = BinaryPrimitives.ReadUInt16BigEndian(body[12..]);
        frame.First = BinaryPrimitives.ReadUInt16BigEndian(body[14..]);
        for (ReadOnlySpan<byte> rest = body[AnswerHead..]; rest.Length > 0;)
        {
            int name = rest.Length < ComparedEntry.HeadBytes ? int.MaxValue : rest[9];
            if (name > ComparedEntry.NameBytesMax || rest.Length < ComparedEntry.HeadBytes + name)
            {
                return false;
            }

            frame.Entries.Add(new ComparedEntry(
                rest[0],
                BinaryPrimitives.ReadUInt32BigEndian(rest[1..]),
                BinaryPrimitives.ReadUInt32BigEndian(rest[5..]),
                Encoding.UTF8.GetString(rest.Slice(ComparedEntry.HeadBytes, name))));
            rest = rest[(ComparedEntry.HeadBytes + name)..];
        }

        return frame.WallNs >= 0 && frame.First + frame.Entries.Count <= frame.Total && (frame.Entries.Count > 0 || frame.First == frame.Total);
    }

    /// <summary>The first entry of a frame may have its name cut to what the line carries; a later one waits for the next frame.</summary>
    private static bool TryEntry(ComparedItem item, Span<byte> body, ref int length, Keyring keyring)
    {
        int room = body.Length - length - ComparedEntry.HeadBytes;
        int name = Cut(item.Name, ComparedEntry.NameBytesMax);
        if (length == AnswerHead)
        {
            Check.That(room >= 0, "an answer has room for one item");
            name = Cut(item.Name, Math.Min(room, name));
        }

        if (name > room)
        {
            return false;
        }

        Span<byte> entry = body[length..];
        entry[0] = item.Kind;
        BinaryPrimitives.WriteUInt32BigEndian(entry[1..], item.Id);
        BinaryPrimitives.WriteUInt32BigEndian(entry[5..], keyring.Tag(keyring.SigningId, item.Text));
        entry[9] = (byte)name;
        item.Name.AsSpan(0, name).CopyTo(entry[ComparedEntry.HeadBytes..]);
        length += ComparedEntry.HeadBytes + name;
        return true;
    }

    /// <summary>So many bytes of UTF-8 at most, and no part of a character.</summary>
    private static int Cut(byte[] text, int bytes)
    {
        int length = Math.Min(text.Length, bytes);
        while (length > 0 && length < text.Length && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }

    private void Header(Span<byte> buffer, byte type, uint generation, ulong sequence, byte key, int body)
        => SideFrame.Write(buffer, Magic, Version, type, _cluster, _self, generation, sequence, key, body);

    private FrameVerdict Outside(ReadOnlySpan<byte> bytes)
    {
        FrameVerdict verdict = SideFrame.Judge(bytes, Magic, Version, Question, Answer);
        if (verdict != FrameVerdict.Accepted)
        {
            return verdict;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != _cluster)
        {
            return FrameVerdict.WrongCluster;
        }

        uint sender = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        return sender == _peer ? FrameVerdict.Accepted : sender == _self ? FrameVerdict.OwnFrame : FrameVerdict.UnknownSender;
    }
}
