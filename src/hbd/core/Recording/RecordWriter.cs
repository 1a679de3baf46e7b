using System;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Core.Recording;

/// <summary>
/// Everything that goes into a core and comes out of it as records, each valid until the next call. What a quiet pair does ten times a
/// second takes about five bytes. A record begins with its kind and the nanoseconds since the record before it. No allocation.
/// An empty span: the record was too long, and the caller has to say so with <see cref="Gap"/>.
/// </summary>
public sealed class RecordWriter
{
    /// <summary>Characters kept of a text.</summary>
    internal const int TextChars = 1_024;

    internal const int ActionsFlag = 0x80;
    internal const int SameFrameFlag = 0x40;
    internal const int DifferencesMax = 16;

    private readonly byte[] _buffer;
    private readonly byte[] _image = new byte[PacketImage.BytesMax];
    private readonly LinkImage[] _links = new LinkImage[Limits.Links];
    private readonly WrittenFrame[] _wrote = new WrittenFrame[Limits.Links];
    private int _wroteCount;
    private Instant _last;

    /// <param name="capacity">Bytes of the longest record.</param>
    /// <param name="start">Time of the construction of the core; the first record counts from it.</param>
    public RecordWriter(int capacity, Instant start)
    {
        _buffer = new byte[capacity];
        _last = start;
        for (int i = 0; i < _links.Length; i++)
        {
            _links[i] = new LinkImage();
        }
    }

    /// <summary>Time of the last record.</summary>
    public Instant Last => _last;

    public ReadOnlySpan<byte> Start(Instant now, ReadOnlySpan<ClusterAction> actions)
    {
        ByteWriter writer = new(_buffer);
        Begin(ref writer, RecordKind.Start, now, actions.Length > 0);
        Actions(ref writer, actions);
        return End(ref writer);
    }

    /// <summary>An event and what the core decided on it.</summary>
    public ReadOnlySpan<byte> Event(in ClusterEvent e, Instant now, ReadOnlySpan<ClusterAction> actions)
    {
        ByteWriter writer = new(_buffer);
        if (e.Kind == ClusterEventKind.PacketAccepted)
        {
            Frame(ref writer, e, now, actions);
        }
        else if (e.Kind == ClusterEventKind.DeadlineReached && actions.Length == 1 && IsHeartbeat(actions[0]))
        {
            Begin(ref writer, RecordKind.Beat, now, hasActions: false);
            return End(ref writer);
        }
        else
        {
            Begin(ref writer, RecordKind.Event, now, actions.Length > 0);
            EventImage.Write(ref writer, e, now);
        }

        Actions(ref writer, actions);
        return End(ref writer);
    }

    /// <summary>Frames that the core wrote, in this order.</summary>
    public ReadOnlySpan<byte> Wrote(Instant now, ReadOnlySpan<WrittenFrame> frames)
    {
        ByteWriter writer = new(_buffer);
        if (frames.SequenceEqual(_wrote.AsSpan(0, _wroteCount)))
        {
            Begin(ref writer, RecordKind.WroteSame, now, hasActions: false);
            return End(ref writer);
        }

        Begin(ref writer, RecordKind.Wrote, now, hasActions: false);
        writer.Number((ulong)frames.Length);
        foreach (ref readonly WrittenFrame frame in frames)
        {
            writer.Number((ulong)frame.Link);
            writer.Number((ulong)frame.Room);
        }

        frames.CopyTo(_wrote);
        _wroteCount = frames.Length;
        return End(ref writer);
    }

    /// <summary>So many pages of a request to the witness were written.</summary>
    public ReadOnlySpan<byte> Pages(Instant now, int pages)
    {
        ByteWriter writer = new(_buffer);
        Begin(ref writer, RecordKind.Pages, now, hasActions: false);
        writer.Number((ulong)pages);
        return End(ref writer);
    }

    public ReadOnlySpan<byte> Note(Instant now, MessageId message, string group, string text)
    {
        ByteWriter writer = new(_buffer);
        Begin(ref writer, RecordKind.Note, now, hasActions: false);
        writer.Number((ulong)message);
        writer.Text(group, Limits.GroupNameChars);
        writer.Text(text, TextChars);
        return End(ref writer);
    }

    /// <param name="wallNs">Nanoseconds since 1970.</param>
    /// <param name="sequence">Of the last frame this node wrote.</param>
    /// <param name="hash"><see cref="ClusterCore.StateHash"/>.</param>
    public ReadOnlySpan<byte> Clock(Instant now, long wallNs, ulong sequence, ulong hash)
    {
        ByteWriter writer = new(_buffer);
        Begin(ref writer, RecordKind.Clock, now, hasActions: false);
        writer.Signed(wallNs);
        writer.Number(sequence);
        writer.Fixed(hash);
        return End(ref writer);
    }

    /// <summary>So many records before this one could not be kept. What follows needs nothing that was told before.</summary>
    public ReadOnlySpan<byte> Gap(Instant now, long lost)
    {
        _wroteCount = 0;
        foreach (LinkImage link in _links)
        {
            link.Forget();
        }

        _last = now;
        ByteWriter writer = new(_buffer);
        Begin(ref writer, RecordKind.Gap, now, hasActions: false);
        writer.Signed(now.Nanoseconds);
        writer.Number((ulong)lost);
        return End(ref writer);
    }

    private static bool IsHeartbeat(in ClusterAction action) =>
        action == new ClusterAction { Kind = ClusterActionKind.SendHeartbeat };

    private static void Actions(ref ByteWriter writer, ReadOnlySpan<ClusterAction> actions)
    {
        if (actions.Length > 0)
        {
            writer.Number((ulong)actions.Length);
        }

        foreach (ref readonly ClusterAction action in actions)
        {
            ActionImage.Write(ref writer, action);
        }
    }

    private void Begin(ref ByteWriter writer, RecordKind kind, Instant now, bool hasActions)
    {
        writer.Byte((byte)((int)kind | (hasActions ? ActionsFlag : 0)));
        Time(ref writer, now);
    }

    private void Time(ref ByteWriter writer, Instant now)
    {
        writer.Number((ulong)Math.Max(0, (now - _last).Nanoseconds));
        _last = now > _last ? now : _last;
    }

    private ReadOnlySpan<byte> End(scoped ref ByteWriter writer) => writer.Overflow ? default : _buffer.AsSpan(0, writer.Length);

    private void Frame(ref ByteWriter writer, in ClusterEvent e, Instant now, ReadOnlySpan<ClusterAction> actions)
    {
        int flag = actions.Length > 0 ? ActionsFlag : 0;
        LinkImage link = _links[e.Link];
        ulong sequence = e.Packet!.Sequence;
        int length = PacketImage.Write(e.Packet, _image);
        ReadOnlySpan<byte> image = _image.AsSpan(0, length);
        int differences = link.IsKnown && link.Length == length ? Differences(image, link.Bytes) : int.MaxValue;
        ulong step = unchecked(sequence - link.Sequence);
        if (differences == 0 && step == link.Step)
        {
            writer.Byte((byte)(SameFrameFlag | e.Link | flag));
            Time(ref writer, now);
        }
        else if (differences <= DifferencesMax)
        {
            Begin(ref writer, RecordKind.FrameDifference, now, flag != 0);
            writer.Number((ulong)e.Link);
            writer.Signed(unchecked((long)step));
            Changes(ref writer, image, link.Bytes, differences);
        }
        else
        {
            Begin(ref writer, RecordKind.Frame, now, flag != 0);
            writer.Number((ulong)e.Link);
            writer.Number(sequence);
            writer.Number((ulong)length);
            writer.Bytes(image);
        }

        link.Learn(image, sequence);
    }

    private static int Differences(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.SequenceEqual(b))
        {
            return 0;
        }

        int count = 0;
        for (int i = 0; i < a.Length && count <= DifferencesMax; i++)
        {
            count += a[i] != b[i] ? 1 : 0;
        }

        return count;
    }

    private static void Changes(ref ByteWriter writer, ReadOnlySpan<byte> image, ReadOnlySpan<byte> before, int count)
    {
        writer.Number((ulong)count);
        int from = 0;
        for (int i = 0; i < image.Length && count > 0; i++)
        {
            if (image[i] != before[i])
            {
                writer.Number((ulong)(i - from));
                writer.Byte(image[i]);
                from = i;
                count--;
            }
        }
    }
}
