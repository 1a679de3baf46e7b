using System;
using System.IO;
using System.Text;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Recording;
using Hbd.Daemon.Recording;
using Hbd.Daemon.Workers;
using Hbd.Sys;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>When decisions go to the disk. All times are the test's own; only the worker that writes is real, and it is waited for.</summary>
public sealed class FlightRecorderTests : IDisposable, IWorkEvents
{
    private const long Ms = 1_000_000;
    private const long Start = 1_000_000 * Ms;
    private const string Text = "nodes = [\"node1\", \"node2\"]\n[[bcast]]\ninterface = \"eth0\"\n[haresources]\nnode1 = [\"apache\"]\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("hbdrec").FullName;
    private readonly EpollSet _epoll = new();
    private readonly WorkerPool _pool;
    private readonly FlightRecorder _recorder;
    private readonly ClusterCore _core;

    public FlightRecorderTests()
    {
        _pool = new WorkerPool(_epoll, this, 1, 2, null);
        _recorder = new FlightRecorder(_pool);
        byte[] text = Encoding.UTF8.GetBytes(Text);
        ClusterConfig config = ConfigLoader.Load("f", text).Config!;
        _core = new ClusterCore(config, 0, 1, 1, new Instant(Start));
        LifeInfo life = new()
        {
            Version = "1",
            Self = 0,
            Generation = 1,
            Entropy = 1,
            Inherits = false,
            Made = new Instant(Start),
            WallNs = Start,
            ConfigBytes = 0,
        };
        Assert.Null(_recorder.Open(RunOptions.Default with { RunDir = _directory, StateDir = _directory }, config, text, life));
    }

    public void Dispose()
    {
        _recorder.Dispose();
        _pool.Dispose();
        _epoll.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_decision_goes_at_once_and_what_follows_within_five_milliseconds_goes_together()
    {
        Assert.Equal(long.MaxValue, _recorder.NextDeadlineNs);
        Decide(0);
        Assert.Equal(Start, _recorder.NextDeadlineNs);
        TurnEnds(0);

        // While the disk has it there is nothing to wake the loop for: its answer does.
        Decide(1);
        TurnEnds(1);
        Assert.Equal(long.MaxValue, _recorder.NextDeadlineNs);
        Written();

        // The pause counts from the flush, not from what came last, and nothing goes before it is over.
        Assert.Equal(Start + (5 * Ms), _recorder.NextDeadlineNs);
        Decide(4);
        TurnEnds(4);
        Assert.Equal(Start + (5 * Ms), _recorder.NextDeadlineNs);
        TurnEnds(5);
        Assert.Equal(long.MaxValue, _recorder.NextDeadlineNs);
        Written();
        Assert.Equal(long.MaxValue, _recorder.NextDeadlineNs);
    }

    [Fact]
    public void After_a_pause_it_is_due_now_and_never_in_the_past()
    {
        Decide(0);
        TurnEnds(0);
        Written();
        Decide(200);
        Assert.Equal(Start + (200 * Ms), _recorder.NextDeadlineNs);
        TurnEnds(200);
        Assert.Equal(long.MaxValue, _recorder.NextDeadlineNs);
        Written();
        Assert.Null(_recorder.Problem);
        Assert.Equal(0, _recorder.Lost);
    }

    void IWorkEvents.OnWorkDone(IWork work, long nowNs) => Assert.Fail("the recorder's work is not the pool's owner's");

    private void Decide(int ms) => _recorder.Note(MessageId.SystemNote, "", "decided", new Instant(Start + (ms * Ms)));

    private void TurnEnds(int ms) => _recorder.TurnEnds(_core, new Instant(Start + (ms * Ms)));

    /// <summary>The one piece of work that is out has come back.</summary>
    private void Written()
    {
        int ready = _epoll.Wait(10_000);
        Assert.Equal(1, ready);
        _epoll.Dispatch(ready, MonotonicClock.NowNs());
    }
}
