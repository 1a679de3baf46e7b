using System;
using System.Collections.Generic;
using System.Threading;
using Hbd.Daemon.Workers;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Work goes out and comes back exactly once, however it follows on other work and however the threads sleep in between.</summary>
public sealed class WorkerPoolTests
{
    private const int Pieces = 20_000;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(10, 0)]
    [InlineData(1, 60)]
    [InlineData(3, 60)]
    public void A_piece_that_follows_another_is_done_once_and_none_is_left_behind(int chains, int microseconds)
    {
        using Chains all = new(chains, microseconds > 0 ? Pieces / 20 : Pieces, microseconds);
        all.Run();
        Assert.All(all.Done, count => Assert.Equal(all.Each, count));
    }

    [Fact]
    public void Work_of_others_beside_a_chain_comes_back_too()
    {
        using Chains all = new(1, Pieces, 0) { Guest = new Guest() };
        all.Run();
        Assert.Equal(all.Each, all.Done[0]);
        Assert.True(all.Guest.Rounds > 0, "the guest never came back");
    }

    [Fact]
    public void What_nobody_waits_for_at_once_lets_every_thread_sleep()
    {
        using EpollSet epoll = new();
        List<IWork> done = [];
        using WorkerPool pool = new(epoll, new Sink(done.Add), 2, 4, null);
        pool.Submit(new Piece(0, 0));
        Assert.False(pool.LookForOne(), "a first piece follows nothing");
        Assert.Equal(1, epoll.Wait(5_000));
        epoll.Dispatch(1, MonotonicClock.NowNs());
        Assert.Single(done);
        Assert.False(pool.LookForOne(), "nothing follows");
    }

    [Fact]
    public void Only_who_sleeps_is_woken()
    {
        WorkQueue queue = new(4);
        Piece piece = new(0, 0);
        Assert.False(queue.Add(piece), "nobody sleeps: who is busy takes it when he is done");
        Assert.True(queue.TryTakeOrSleep(out _));
        Assert.False(queue.TryTakeOrSleep(out _));
        queue.Watch();
        Assert.False(queue.Add(piece), "one watches");
        Assert.True(queue.Add(piece), "he takes one, not two");
        Assert.False(queue.Add(piece), "nobody sleeps any more");
        Assert.True(queue.TryLeave(out _));

        WorkQueue ofOne = new(4);
        ofOne.Watch();
        Assert.False(ofOne.AddForOne(piece), "he watches");
        Assert.True(ofOne.Leave());
        Assert.True(ofOne.TryTake(out _));
        Assert.True(ofOne.AddForOne(piece), "the first");
        Assert.False(ofOne.AddForOne(piece), "he has been woken and takes all");
    }

    private sealed class Piece(int chain, int microseconds) : IWork
    {
        public int Chain => chain;

        public void Execute()
        {
            long end = MonotonicClock.NowNs() + (microseconds * 1_000L);
            while (MonotonicClock.NowNs() < end)
            {
                Thread.SpinWait(1);
            }
        }
    }

    /// <summary>Like the flight recorder: one piece at a time, and it sleeps.</summary>
    private sealed class Guest : IWork, IWorkEvents
    {
        public int Rounds { get; private set; }

        public bool IsOut { get; set; }

        public IWorkEvents? Events => this;

        public void Execute() => Thread.Sleep(1);

        public void OnWorkDone(IWork work, long nowNs)
        {
            IsOut = false;
            Rounds++;
        }
    }

    private sealed class Sink(Action<IWork> done) : IWorkEvents
    {
        public void OnWorkDone(IWork work, long nowNs) => done(work);
    }

    /// <summary>Each chain has one piece under way; the next goes out when it has come back.</summary>
    private sealed class Chains : IWorkEvents, IDisposable
    {
        private readonly EpollSet _epoll = new();
        private readonly WorkerPool _pool;
        private readonly Piece[] _pieces;

        public Chains(int chains, int pieces, int microseconds)
        {
            Each = pieces / chains;
            Done = new int[chains];
            _pieces = new Piece[chains];
            _pool = new WorkerPool(_epoll, this, 3, chains + 1, null);
            for (int i = 0; i < chains; i++)
            {
                _pieces[i] = new Piece(i, microseconds);
            }
        }

        public int Each { get; }

        public int[] Done { get; }

        public Guest? Guest { get; init; }

        public void Run()
        {
            Array.ForEach(_pieces, _pool.Submit);
            long end = MonotonicClock.NowNs() + 30_000_000_000;
            while (Array.Exists(Done, count => count < Each))
            {
                Assert.True(MonotonicClock.NowNs() < end, "a piece was left behind: " + string.Join(", ", Done));
                if (Guest is { IsOut: false } guest)
                {
                    guest.IsOut = true;
                    _pool.Submit(guest);
                }

                int ready = _epoll.Wait(_pool.LookForOne() ? 0 : 1_000);
                long now = MonotonicClock.NowNs();
                _epoll.Dispatch(ready, now);
                _pool.TakeDone(now);
            }
        }

        public void OnWorkDone(IWork work, long nowNs)
        {
            Piece piece = (Piece)work;
            if (++Done[piece.Chain] < Each)
            {
                _pool.Submit(piece);
            }
        }

        public void Dispose()
        {
            _pool.Dispose();
            _epoll.Dispose();
        }
    }
}
