using System;
using System.Threading;
using Hbd.Core;
using Hbd.Sys;

namespace Hbd.Daemon.Workers;

/// <summary>
/// Fixed threads for what may block: in-process agents, starting programs, putting addresses back. Started once, never
/// replaced; a worker that hangs is missing until it returns. Work goes out through an eventfd semaphore, because that
/// wakes one thread with one system call, and comes back through an eventfd in the loop's epoll set; who is awake and will look by himself is not
/// signalled. While one short piece leads to the next,
/// as in a group that starts, both sides look for a moment before they sleep: to wake up costs more than the work.
/// </summary>
internal sealed class WorkerPool : IReadyHandler, IDisposable
{
    /// <summary>Agents are shallow; the default of 8 MB would be locked in memory under mlockall without
    /// MCL_ONFAULT.</summary>
    private const int StackBytes = 256 * 1024;

    private const int JoinMs = 200;

    /// <summary>Longer than a small file takes, shorter than anything the loop may be late for.</summary>
    private const long LookNs = 50_000;

    /// <summary>
    /// Then both sides sleep once: these threads are real-time, and what is not (the kernel's own network threads among it) must get its turn. Of
    /// their own class others get it with each look, which yields.
    /// </summary>
    private const int ChainMax = 16;

    private static readonly bool s_several = Environment.ProcessorCount > 1;

    private readonly WorkQueue _waiting;
    private readonly WorkQueue _done;
    private readonly EventSemaphore _wake = new();
    private readonly EventFd _finished = new();
    private readonly EpollSet _epoll;
    private readonly IWorkEvents _events;
    private readonly Thread[] _threads;
    private readonly Action? _threadStarted;
    private readonly CountdownEvent _starting;
    private volatile bool _stopping;
    private volatile bool _chain;
    private int _links;
    private int _out;
    private bool _doneInTurn;
    private bool _submittedInTurn;

    /// <param name="capacity">Most pieces of work that can be under way at once.</param>
    /// <param name="threadStarted">Run on each worker before it takes work: scheduling class, sockets to open.</param>
    public WorkerPool(EpollSet epoll, IWorkEvents events, int threads, int capacity, Action? threadStarted)
    {
        _epoll = epoll;
        _events = events;
        _waiting = new WorkQueue(capacity);
        _done = new WorkQueue(capacity);
        _threadStarted = threadStarted;
        _starting = new CountdownEvent(threads);
        Errno error = epoll.Add(_finished.Descriptor, EpollSet.In, this);
        Check.That(!error.IsError, "cannot watch the completions of the workers");
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Work, StackBytes) { IsBackground = true, Name = "worker" };
            _threads[i].Start();
        }

        // The first takeover must not wait for a thread that is still opening its sockets.
        _starting.Wait();
    }

    public int Threads => _threads.Length;

    public void Submit(IWork work)
    {
        bool own = work.Events is null;
        _out += own ? 1 : 0;
        _submittedInTurn |= own;
        if (_waiting.Add(work))
        {
            _wake.Signal();
        }
    }

    /// <summary>
    /// At the end of a turn of the loop, once. When what came back in it led to one next piece and nothing else, this looks for a moment whether
    /// that one is done already. True: it is, so there is no need to sleep.
    /// </summary>
    public bool LookForOne()
    {
        _links = _links < ChainMax ? _links + 1 : 0;
        _chain = _doneInTurn && _submittedInTurn && _out == 1 && _links > 0 && s_several;
        _doneInTurn = _submittedInTurn = false;
        if (!_chain)
        {
            return false;
        }

        long untilNs = MonotonicClock.NowNs() + LookNs;
        _done.Watch();
        while (!_done.HasWork && MonotonicClock.NowNs() < untilNs)
        {
            _ = Thread.Yield();
        }

        return _done.Leave();
    }

    public void OnReady(int fd, uint events, long nowNs)
    {
        _finished.Acknowledge();
        TakeDone(nowNs);
    }

    /// <summary>Hands on what has come back; no system call when nothing has.</summary>
    public void TakeDone(long nowNs)
    {
        while (_done.HasWork && _done.TryTake(out IWork? work))
        {
            bool own = work!.Events is null;
            _out -= own ? 1 : 0;
            _doneInTurn |= own;
            (work.Events ?? _events).OnWorkDone(work, nowNs);
        }
    }

    /// <summary>Lets the workers end. One that hangs is left behind, and what it would use with it.</summary>
    public void Dispose()
    {
        _stopping = true;
        for (int i = 0; i < _threads.Length; i++)
        {
            _wake.Signal();
        }

        bool all = true;
        for (int i = 0; i < _threads.Length; i++)
        {
            all &= _threads[i].Join(JoinMs);
        }

        _epoll.Remove(_finished.Descriptor);
        if (all)
        {
            _finished.Dispose();
            _wake.Dispose();
        }

        _starting.Dispose();
    }

    private void Work()
    {
        _threadStarted?.Invoke();
        _starting.Signal();
        while (true)
        {
            if (TryLook(out IWork? work) || _waiting.TryTakeOrSleep(out work))
            {
                work!.Execute();
                if (_done.AddForOne(work))
                {
                    _finished.Signal();
                }
            }
            else if (_stopping)
            {
                return;
            }
            else
            {
                _wake.Wait();
            }
        }
    }

    /// <summary>Does the next piece come at once?</summary>
    private bool TryLook(out IWork? work)
    {
        work = null;
        if (!_chain)
        {
            return false;
        }

        _waiting.Watch();
        long untilNs = MonotonicClock.NowNs() + LookNs;
        while (!_waiting.HasWork && MonotonicClock.NowNs() < untilNs)
        {
            _ = Thread.Yield();
        }

        return _waiting.TryLeave(out work);
    }
}
