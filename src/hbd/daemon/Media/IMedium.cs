using System;
using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>What became of a frame handed to a medium.</summary>
internal enum SendResult
{
    Sent,

    /// <summary>No room now (EAGAIN, ENOBUFS, serial line still busy): dropped, the next heartbeat says it all again.</summary>
    Dropped,

    /// <summary>The medium is down.</summary>
    Down,
}

/// <summary>
/// One way to send: the only interface on the hot path. Lives on the loop thread, never blocks, never throws for
/// what the outside does. A medium that fails closes itself, says why once through <see cref="IMediumEvents"/>, and is
/// opened again by <see cref="Tick"/>.
/// </summary>
internal interface IMedium : IDisposable
{
    /// <summary>As configured: <c>mcast eth0</c>.</summary>
    string Name { get; }

    bool IsOpen { get; }

    /// <summary>
    /// Why it is not open, or what ails it while it is (no carrier, sends refused); null when all is well.
    /// </summary>
    string? Problem { get; }

    /// <summary>Bytes of one frame that fit between two keepalives with room left; Limits.FrameBytes but for slow serial lines.</summary>
    int FrameBytesMax { get; }

    MediumCounters Counters { get; }

    /// <summary>Opens if closed and due for a retry, notices interfaces that went or came back. Called at start and every second.</summary>
    void Tick(long nowNs);

    SendResult Send(ReadOnlySpan<byte> frame, long nowNs);

    /// <summary>
    /// Takes the next received frame; its length, or -1 when there is none. Frames too long for the buffer
    /// are counted and skipped inside, bytes that are no frame (serial noise) too.
    /// </summary>
    int Receive(Span<byte> buffer);
}

/// <summary>The loop's side of a medium.</summary>
internal interface IMediumEvents
{
    /// <summary>Frames are waiting: call <see cref="IMedium.Receive"/> until it is empty, up to Limits.DatagramsPerTurn.</summary>
    void OnReadable(IMedium medium, long nowNs);

    /// <summary>
    /// Opened, or closed with a reason; also, with <paramref name="open"/> still true, that an open medium began or
    /// ceased to ail (<see cref="IMedium.Problem"/>). Reported once per change.
    /// </summary>
    void OnMediumChanged(IMedium medium, bool open, string reason);
}

/// <summary>What a medium counted since start.</summary>
internal sealed class MediumCounters
{
    public long FramesSent;
    public long FramesReceived;
    public long SendsDropped;
    public long SendErrors;
    public long ReceivedTooLong;

    /// <summary>Serial: bytes or blocks that framing or CRC refused.</summary>
    public long ReceivedNoise;
    public long Reopened;
}
