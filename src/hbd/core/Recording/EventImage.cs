using Hbd.Core.Attributes;
using Hbd.Core.Fencing;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Core.Recording;

/// <summary>
/// An event that is no frame: its kind, which fields are not zero, and those. A field that is added to <see cref="ClusterEvent"/> gets the
/// next bit here; a test fails until it has one.
/// </summary>
internal static class EventImage
{
    public static void Write(ref ByteWriter writer, in ClusterEvent e, Instant now)
    {
        long sent = e.Kind == ClusterEventKind.PingAnswered ? (now - e.SentAt).Nanoseconds : e.SentAt.Nanoseconds;
        int mask = (e.Link != 0 ? 1 : 0) | (e.ActionId != 0 ? 2 : 0) | (e.Result != 0 ? 4 : 0) | (e.Fence != 0 ? 8 : 0)
            | (e.Command != 0 ? 16 : 0) | (e.Selector != 0 ? 32 : 0) | (e.Group != 0 ? 64 : 0) | (e.Pause != Duration.Zero ? 128 : 0)
            | (e.Address != 0 ? 256 : 0) | (sent != 0 ? 512 : 0) | (e.Suspended != Duration.Zero ? 1_024 : 0)
            | (e.Witness is not null ? 2_048 : 0) | (e.Score is not null ? 4_096 : 0)
            | (e.Renewal != 0 ? 8_192 : 0) | (e.StopFrom is not null ? 16_384 : 0) | (e.Ok ? 32_768 : 0)
            | (e.Node != 0 ? 65_536 : 0) | (e.Length != Duration.Zero ? 131_072 : 0)
            | (e.Resource != 0 ? 262_144 : 0) | (e.Attribute is not null ? 524_288 : 0);
        writer.Byte((byte)e.Kind);
        writer.Number((ulong)mask);
        Field(ref writer, mask & 1, e.Link);
        Field(ref writer, mask & 2, e.ActionId);
        Field(ref writer, mask & 4, (long)e.Result);
        Field(ref writer, mask & 8, (long)e.Fence);
        Field(ref writer, mask & 16, (long)e.Command);
        Field(ref writer, mask & 32, (long)e.Selector);
        Field(ref writer, mask & 64, e.Group);
        Field(ref writer, mask & 128, e.Pause.Nanoseconds);
        Field(ref writer, mask & 256, e.Address);
        Field(ref writer, mask & 512, sent);
        Field(ref writer, mask & 1_024, e.Suspended.Nanoseconds);
        Field(ref writer, mask & 4_096, e.Score ?? 0);
        Field(ref writer, mask & 8_192, (long)e.Renewal);
        if (e.StopFrom is { } stops)
        {
            WriteStops(ref writer, stops);
        }

        Field(ref writer, mask & 65_536, e.Node);
        Field(ref writer, mask & 131_072, e.Length.Nanoseconds);
        Field(ref writer, mask & 262_144, e.Resource);
        if (e.Attribute is { } attribute)
        {
            WriteAttribute(ref writer, attribute);
        }

        if (e.Witness is { } reply)
        {
            WriteReply(ref writer, reply);
        }
    }

    public static ClusterEvent Read(ref ByteReader reader, Instant now)
    {
        ClusterEventKind kind = (ClusterEventKind)reader.Byte();
        int mask = reader.Below(1_048_575);
        ClusterEvent e = new()
        {
            Kind = kind,
            Link = Int(ref reader, mask & 1),
            ActionId = (mask & 2) != 0 ? unchecked((uint)reader.Signed()) : 0,
            Result = (AgentResult)Int(ref reader, mask & 4),
            Fence = (FenceOutcome)Int(ref reader, mask & 8),
            Command = (OperatorCommand)Int(ref reader, mask & 16),
            Selector = (GroupSelector)Int(ref reader, mask & 32),
            Group = Int(ref reader, mask & 64),
            Pause = new Duration(Long(ref reader, mask & 128)),
            Address = Int(ref reader, mask & 256),
            SentAt = SentAt(kind, Long(ref reader, mask & 512), now),
            Suspended = new Duration(Long(ref reader, mask & 1_024)),
            Score = (mask & 4_096) != 0 ? reader.Int() : null,
            Ok = (mask & 32_768) != 0,
            Renewal = (RenewalStep)Int(ref reader, mask & 8_192),
            StopFrom = (mask & 16_384) != 0 ? ReadStops(ref reader) : null,
            Node = Int(ref reader, mask & 65_536),
            Length = new Duration(Long(ref reader, mask & 131_072)),
            Resource = Int(ref reader, mask & 262_144),
            Attribute = (mask & 524_288) != 0 ? ReadAttribute(ref reader) : null,
            Witness = (mask & 2_048) != 0 ? ReadReply(ref reader) : null,
        };
        return e;
    }

    private static Instant SentAt(ClusterEventKind kind, long sent, Instant now) =>
        new(kind == ClusterEventKind.PingAnswered ? unchecked(now.Nanoseconds - sent) : sent);

    private static void Field(ref ByteWriter writer, int present, long value)
    {
        if (present != 0)
        {
            writer.Signed(value);
        }
    }

    private static int Int(ref ByteReader reader, int present) => present != 0 ? reader.Int() : 0;

    private static long Long(ref ByteReader reader, int present) => present != 0 ? reader.Signed() : 0;

    private static void WriteStops(ref ByteWriter writer, int[] stops)
    {
        writer.Number((ulong)stops.Length);
        foreach (int stop in stops)
        {
            writer.Signed(stop);
        }
    }

    private static int[] ReadStops(ref ByteReader reader)
    {
        int[] stops = new int[reader.Below(Limits.Groups)];
        for (int i = 0; i < stops.Length && !reader.Broken; i++)
        {
            stops[i] = reader.Int();
        }

        return stops;
    }

    private static void WriteAttribute(ref ByteWriter writer, AttributeRecord attribute)
    {
        writer.Byte((byte)attribute.Key.Subject);
        writer.Byte((byte)attribute.Key.Shelf);
        writer.Byte(attribute.Value is null ? (byte)1 : (byte)0);
        writer.Number(attribute.Version);
        writer.Text(attribute.Key.Name, AttributeRecord.NameBytesMax);
        writer.Text(attribute.Value ?? "", AttributeRecord.ValueBytesMax);
    }

    /// <summary>Null when no daemon can have told it.</summary>
    private static AttributeRecord? ReadAttribute(ref ByteReader reader)
    {
        int subject = reader.Byte();
        int shelf = reader.Byte();
        bool deleted = reader.Byte() != 0;
        uint version = reader.Word();
        string name = reader.Text(AttributeRecord.NameBytesMax);
        string value = reader.Text(AttributeRecord.ValueBytesMax);
        bool known = subject <= (int)Owner.High && shelf <= (int)AttributeShelf.Utilization && version is > 0 and <= Limits.Epoch
            && AttributeRecord.Crosses(name, value);
        return known ? new AttributeRecord(new AttributeKey((Owner)subject, (AttributeShelf)shelf, name), version, deleted ? null : value) : null;
    }

    private static void WriteReply(ref ByteWriter writer, WitnessReply reply)
    {
        writer.Number(reply.Cluster);
        writer.Number(reply.To);
        writer.Byte(reply.KeyId);
        writer.Fixed(reply.Nonce);
        writer.Number((ulong)reply.Words.Length);
        foreach (ref readonly WitnessWord word in reply.Words)
        {
            writer.Number(word.Group);
            writer.Byte(word.Granted ? (byte)1 : (byte)0);
            writer.Number(word.Epoch);
            writer.Number(word.Owner);
            writer.Signed(word.Left.Nanoseconds);
        }
    }

    private static WitnessReply ReadReply(ref ByteReader reader)
    {
        WitnessReply reply = new()
        {
            Cluster = reader.Word(),
            To = reader.Word(),
            KeyId = reader.Byte(),
            Nonce = reader.Fixed(),
        };
        int words = reader.Below(WitnessRequest.AsksMax);
        for (int i = 0; i < words && !reader.Broken; i++)
        {
            reply.TryAdd(new WitnessWord(reader.Word(), reader.Byte() != 0, reader.Word(), reader.Word(), new Duration(reader.Signed())));
        }

        return reply;
    }
}
