using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Hbd.Core.Attributes;
using Hbd.Core.Auth;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Wire;

/// <summary>
/// Goal: the frame of doc/wire.md is the frame that hbd writes and reads. Method: the vectors were computed by a program that
/// shares nothing with hbd (hashlib, hmac and zlib of another language); each is read, written anew from its fields, and
/// looked for in the document.
/// </summary>
public sealed class VectorTests
{
    public static TheoryData<string> Names => [.. Vector.All().Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_frame_is_read_as_its_fields_say(string name)
    {
        Vector vector = Find(name);
        using Keyring keyring = vector.Keyring();
        Packet packet = new();
        Assert.Equal(vector.Verdict, vector.Receiver().Decode(vector.Frame, keyring, packet));
        if (vector.Verdict != FrameVerdict.Accepted)
        {
            return;
        }

        Assert.Equal(WireId.Of(vector.Text("cluster")!), packet.Cluster);
        Assert.Equal(WireId.Of(vector.Text("peer")!), packet.Sender);
        Assert.Equal(vector.Number("flags"), (byte)packet.Flags);
        Assert.Equal(vector.Number("generation"), packet.Generation);
        Assert.Equal(vector.Number("sequence"), packet.Sequence);
        Assert.Equal(vector.Number("signs"), packet.KeyId);
        Assert.Equal(vector.Word("hello") ?? 0, packet.Hello);
        Assert.Equal(vector.Word("echo") ?? 0, packet.Echo);
        Assert.Equal(vector.Word("digest") ?? 0, packet.Digest);
        Assert.Equal(vector.Word("digest") is not null, packet.HasDigest);
        Assert.Equal(vector.Number("ping") is not null, packet.HasPing);
        Assert.Equal(vector.Number("ping") ?? 0, packet.PingScore);
        Assert.Equal((uint?)vector.Number("ack"), packet.Ack);
        Assert.Equal(vector.Groups(), packet.Groups.ToArray());
        Assert.Equal(vector.Scores(), packet.Scores.ToArray());
        Assert.Equal(vector.Notices(), packet.Notices.ToArray());
        Assert.Equal(
            vector.Mark(),
            packet.AttributeDigest is { } all
                ? (all, packet.AttributeChanges, packet.AttributesHeard, packet.AttributesForgotten, packet.AttributesAsked) : null);
        List<AttributeRecord> attributes = [];
        for (ReadOnlySpan<byte> rest = packet.Attributes; rest.Length > 0;)
        {
            attributes.Add(AttributeWire.Take(ref rest));
        }

        Assert.Equal(vector.Attributes(), attributes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_fields_are_written_as_the_frame(string name)
    {
        Vector vector = Find(name);
        if (!vector.Written)
        {
            return;
        }

        using Keyring keyring = vector.Keyring();
        byte[] buffer = new byte[Limits.FrameBytes];
        PacketWriter writer = new(buffer);
        writer.Header((PacketFlags)vector.Number("flags")!, WireId.Of(vector.Text("cluster")!), WireId.Of(vector.Text("peer")!),
            (uint)vector.Number("generation")!, (ulong)vector.Number("sequence")!, keyring.SigningId);
        WriteWord(ref writer, SectionType.Hello, vector.Word("hello"));
        WriteWord(ref writer, SectionType.Echo, vector.Word("echo"));
        WriteWord(ref writer, SectionType.Digest, vector.Word("digest"));
        if (vector.Number("ping") is { } score)
        {
            writer.Ping((ushort)score);
        }

        if (vector.Number("ack") is { } ack)
        {
            writer.Ack((uint)ack);
        }

        foreach (GroupEntry entry in vector.Groups())
        {
            Assert.True(writer.TryGroup(entry));
        }

        foreach (ScoreEntry entry in vector.Scores())
        {
            Assert.True(writer.TryScore(entry));
        }

        foreach (NoticeEntry entry in vector.Notices())
        {
            Assert.True(writer.TryNotice(entry));
        }

        if (vector.Mark() is { } mark)
        {
            Assert.True(writer.TryAttributeMark(mark.Digest, mark.Changes, mark.Heard, mark.Forgotten, mark.Asks, 0));
        }

        foreach (AttributeRecord record in vector.Attributes())
        {
            Assert.True(writer.TryAttribute(record, 0));
        }

        int length = keyring.Sign(buffer, writer.Finish());
        Assert.Equal(Convert.ToHexString(vector.Frame), Convert.ToHexString(buffer.AsSpan(0, length)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_document_shows_the_frame(string name)
    {
        string document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "wire.md"));
        string dense = string.Concat(document.Where(c => !char.IsWhiteSpace(c)));
        Assert.Contains(name, document, StringComparison.Ordinal);
        Assert.Contains(Find(name).Text("frame")!, dense, StringComparison.Ordinal);
        Assert.Contains(Find(name).Text("serial") ?? "", dense, StringComparison.Ordinal);
    }

    [Fact]
    public void Serial_framing_matches_in_both_directions()
    {
        Vector vector = Vector.All().Single(v => v.Serial is not null);
        byte[] line = new byte[SerialFraming.LineBytesMax];
        int length = SerialFraming.Encode(vector.Frame, line);
        Assert.Equal(Convert.ToHexString(vector.Serial!), Convert.ToHexString(line, 0, length));
        byte[] frame = new byte[Limits.FrameBytes];
        length = new SerialDecoder().Take(vector.Serial, frame, out _);
        Assert.Equal(vector.Frame, frame.AsSpan(0, length).ToArray());
    }

    /// <summary>Replayed, StaleGeneration and Unproven are verdicts of state, shown in PeerTrackerTests.</summary>
    [Fact]
    public void There_is_a_vector_for_every_verdict_on_bytes()
    {
        FrameVerdict[] stateful = [FrameVerdict.Replayed, FrameVerdict.StaleGeneration, FrameVerdict.Unproven];
        Assert.Equal(
            Enum.GetValues<FrameVerdict>().Except(stateful).Order(),
            Vector.All().Select(v => v.Verdict).Distinct().Order());
    }

    private static Vector Find(string name) => Vector.All().Single(v => v.Name == name);

    private static void WriteWord(ref PacketWriter writer, SectionType type, ulong? value)
    {
        if (value is { } word)
        {
            writer.Word(type, word);
        }
    }
}
