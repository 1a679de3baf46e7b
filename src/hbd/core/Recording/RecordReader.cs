using System;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Recording;

/// <summary>
/// Bytes → records, with the memory that short records need. Bounded, never throws: whatever is wrong ends the reading. One that begins in
/// the middle of a life knows no frame until one was recorded whole.
/// </summary>
public sealed class RecordReader
{
    private static readonly Instant s_latest = new(long.MaxValue / 4);
    private readonly LinkImage[] _links = new LinkImage[Limits.Links];
    private readonly byte[] _image = new byte[PacketImage.BytesMax];
    private readonly WrittenFrame[] _wrote = new WrittenFrame[Limits.Links];
    private int _wroteCount;

    /// <param name="start">Time that the first record counts from.</param>
    public RecordReader(Instant start)
    {
        Last = start;
        for (int i = 0; i < _links.Length; i++)
        {
            _links[i] = new LinkImage();
        }
    }

    /// <summary>Time of the last record; may be set where a chunk says it.</summary>
    public Instant Last { get; set; }

    /// <summary>Reads the record at the beginning; false when these bytes are none, and then nothing after them is to be trusted.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, Record record, out int length)
    {
        ByteReader reader = new(bytes);
        record.Clear();
        byte tag = reader.Byte();
        bool same = (tag & RecordWriter.SameFrameFlag) != 0;
        record.Kind = same ? RecordKind.SameFrame : (RecordKind)(tag & 0x3F);
        record.At = Time(ref reader);
        bool good = same ? Same(tag, record) : Body(ref reader, record);
        if (good && (tag & RecordWriter.ActionsFlag) != 0)
        {
            Actions(ref reader, record);
        }

        length = reader.Position;
        if (!good || reader.Broken || record.At > s_latest || record.At.Nanoseconds < 0)
        {
            return false;
        }

        Last = record.At;
        return true;
    }

    private Instant Time(ref ByteReader reader)
    {
        ulong delta = reader.Number();
        return delta < (ulong)(s_latest.Nanoseconds - Math.Max(0, Last.Nanoseconds)) ? new Instant(Last.Nanoseconds + (long)delta) : Instant.Never;
    }

    private static void Actions(ref ByteReader reader, Record record)
    {
        int count = reader.Below(8 * Limits.Resources);
        for (int i = 0; i < count && !reader.Broken; i++)
        {
            record.ActionList.Add(ActionImage.Read(ref reader));
        }
    }

    private bool Body(ref ByteReader reader, Record record)
    {
        switch (record.Kind)
        {
            case RecordKind.Start:
                return true;
            case RecordKind.Event:
                record.Event = EventImage.Read(ref reader, record.At);
                return record.Event.Kind <= ClusterEventKind.OwnPause && record.Event.Kind != ClusterEventKind.PacketAccepted;
            case RecordKind.Beat:
                record.Event = ClusterEvent.DeadlineReached;
                record.ActionList.Add(new ClusterAction { Kind = ClusterActionKind.SendHeartbeat });
                return true;
            case RecordKind.Frame:
                return Whole(ref reader, record);
            case RecordKind.FrameDifference:
                return Difference(ref reader, record);
            case RecordKind.Wrote:
                return Wrote(ref reader, record);
            case RecordKind.WroteSame:
                return WroteAgain(record);
            case RecordKind.Pages:
                record.Count = reader.Below(Limits.Groups);
                return true;
            case RecordKind.Note:
                record.Message = (MessageId)reader.Below(999);
                record.Group = reader.Text(Limits.GroupNameChars);
                record.Text = reader.Text(RecordWriter.TextChars);
                return true;
            case RecordKind.Clock:
                record.WallNs = reader.Signed();
                record.Sequence = reader.Number();
                record.Hash = reader.Fixed();
                return true;
            case RecordKind.Gap:
                return Gap(ref reader, record);
            default:
                return false;
        }
    }

    private bool Gap(ref ByteReader reader, Record record)
    {
        record.At = new Instant(reader.Signed());
        record.Count = reader.Below(int.MaxValue);
        _wroteCount = 0;
        foreach (LinkImage link in _links)
        {
            link.Forget();
        }

        return true;
    }

    private bool Same(byte tag, Record record)
    {
        int number = tag & 0x0F;
        LinkImage link = _links[number];
        link.Next();
        return (tag & 0x30) == 0 && Give(number, link, record);
    }

    private bool Whole(ref ByteReader reader, Record record)
    {
        int number = reader.Below(Limits.Links - 1);
        ulong sequence = reader.Number();
        ReadOnlySpan<byte> image = reader.Bytes(reader.Below(PacketImage.BytesMax));
        if (reader.Broken)
        {
            return false;
        }

        _links[number].Learn(image, sequence);
        return Give(number, _links[number], record);
    }

    private bool Difference(ref ByteReader reader, Record record)
    {
        int number = reader.Below(Limits.Links - 1);
        LinkImage link = _links[number];
        ulong sequence = unchecked(link.Sequence + (ulong)reader.Signed());
        int changes = reader.Below(RecordWriter.DifferencesMax);
        int length = link.Length;
        link.Bytes.CopyTo(_image);
        int at = 0;
        for (int i = 0; i < changes && !reader.Broken; i++)
        {
            at += reader.Below(PacketImage.BytesMax);
            byte value = reader.Byte();
            if (at < length)
            {
                _image[at] = value;
            }
            else if (link.IsKnown)
            {
                return false;
            }
        }

        link.Learn(_image.AsSpan(0, length), sequence);
        return Give(number, link, record);
    }

    /// <summary>A frame of which the image is not known has no packet: it was one, and that is all.</summary>
    private static bool Give(int number, LinkImage link, Record record)
    {
        if (!link.IsKnown)
        {
            record.Event = new ClusterEvent { Kind = ClusterEventKind.PacketAccepted, Link = number };
            return true;
        }

        record.Event = ClusterEvent.PacketAccepted(number, record.Packet);
        return PacketImage.TryRead(link.Bytes, link.Sequence, record.Packet);
    }

    private bool Wrote(ref ByteReader reader, Record record)
    {
        _wroteCount = reader.Below(Limits.Links);
        for (int i = 0; i < _wroteCount; i++)
        {
            _wrote[i] = new WrittenFrame(reader.Below(Limits.Links - 1), reader.Below(Limits.FrameBytes));
        }

        return WroteAgain(record);
    }

    private bool WroteAgain(Record record)
    {
        for (int i = 0; i < _wroteCount; i++)
        {
            record.WroteList.Add(_wrote[i]);
        }

        return true;
    }
}
