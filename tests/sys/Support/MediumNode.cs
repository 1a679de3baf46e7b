using System;
using System.Collections.Generic;
using System.Diagnostics;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Media;

namespace Hbd.Sys.Tests.Support;

/// <summary>A node's loop reduced to its media: keeps what arrives and what is reported.</summary>
internal sealed class MediumNode : IMediumEvents, IDisposable
{
    private readonly OwnThread? _thread;
    private readonly EpollSet _epoll = new();
    private readonly byte[] _buffer = new byte[Limits.FrameBytes];

    /// <param name="thread">Namespace to live in, or null: the caller's.</param>
    public MediumNode(OwnThread? thread, int ownNode, params MediumConfig[] media)
    {
        _thread = thread;
        ClusterConfig config = new()
        {
            Cluster = "test",
            Nodes = ["a", "b"],
            Keepalive = Duration.FromMilliseconds(200),
            Warntime = Duration.FromSeconds(1),
            Deadtime = Duration.FromSeconds(2),
            Initdead = Duration.FromSeconds(10),
            AutoFailback = false,
            Media = media,
            Groups = [],
            Digest = 0,
        };
        Media = new MediumSet(config, ownNode, _epoll, this);
        Tick();
    }

    public MediumSet Media { get; }

    public IMedium Medium => Media[0];

    public List<byte[]> Frames { get; } = [];

    public List<(bool Open, string Reason)> Changes { get; } = [];

    /// <summary>Counts frames and keeps nothing, for tests that measure allocation.</summary>
    public bool CountOnly { get; set; }

    public int Counted { get; private set; }

    public int TakeMax { get; set; } = Limits.DatagramsPerTurn;

    public int Wakeups { get; private set; }

    public void OnReadable(IMedium medium, long nowNs)
    {
        Wakeups++;
        for (int i = 0; i < TakeMax; i++)
        {
            int length = medium.Receive(_buffer);
            if (length < 0)
            {
                return;
            }

            Counted++;
            if (!CountOnly)
            {
                Frames.Add(_buffer[..length]);
            }
        }
    }

    public void OnMediumChanged(IMedium medium, bool open, string reason) => Changes.Add((open, reason));

    public void Tick() => On(() => Media.Tick(0));

    /// <summary>
    /// Apart from the closure of the other way: tests that measure allocation have no thread of their own.
    /// </summary>
    public SendResult Send(byte[] frame, int link = 0) =>
        _thread is null ? Media[link].Send(frame, 0) : SendOn(_thread, frame, link);

    /// <summary>One turn of the loop; returns the number of descriptors that were ready.</summary>
    public int Turn(int timeoutMs)
    {
        int count = _epoll.Wait(timeoutMs);
        _epoll.Dispatch(count, 0);
        return count;
    }

    public bool Until(Func<bool> condition, int timeoutMs = 2_000)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > timeoutMs)
            {
                return false;
            }

            On(() => Turn(5));
        }

        return true;
    }

    public void Dispose()
    {
        On(Media.Dispose);
        _epoll.Dispose();
    }

    private SendResult SendOn(OwnThread thread, byte[] frame, int link) => thread.Get(() => Media[link].Send(frame, 0));

    private void On(Action action)
    {
        if (_thread is null)
        {
            action();
        }
        else
        {
            _thread.Run(action);
        }
    }
}
