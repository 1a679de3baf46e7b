using Hbd.Core;

namespace Hbd.Daemon.Workers;

/// <summary>
/// A ring of fixed size between the loop and the workers; the only lock of the daemon is in here, held for a few
/// instructions.
/// </summary>
internal sealed class WorkQueue
{
    private readonly IWork?[] _ring;
    private readonly System.Threading.Lock _lock = new();
    private int _head;
    private volatile int _count;
    private int _watchers;
    private int _sleepers;

    public WorkQueue(int capacity) => _ring = new IWork?[capacity];

    /// <summary>Something is in it; a look from outside, without the lock.</summary>
    public bool HasWork => _count > 0;

    /// <summary>
    /// Full is a bug: the owner has counted who may put something here. True: one who sleeps is to be woken. False: one who watches takes it, or whoever is
    /// done first.
    /// </summary>
    public bool Add(IWork work)
    {
        lock (_lock)
        {
            Put(work);
            if (_sleepers == 0 || _count <= _watchers)
            {
                return false;
            }

            _sleepers--;
            return true;
        }
    }

    /// <summary>The same for one who takes everything there is when woken: true only for the first piece, while he does not watch.</summary>
    public bool AddForOne(IWork work)
    {
        lock (_lock)
        {
            Put(work);
            return _count == 1 && _watchers == 0;
        }
    }

    /// <summary>The caller looks again and again and takes one piece, or says with <see cref="TryLeave"/> that it does not.</summary>
    public void Watch()
    {
        lock (_lock)
        {
            _watchers++;
        }
    }

    /// <summary>Ends <see cref="Watch"/>, with the piece that the caller was not woken for if there is one.</summary>
    public bool TryLeave(out IWork? work)
    {
        lock (_lock)
        {
            _watchers--;
            return Take(out work);
        }
    }

    /// <summary>Ends <see cref="Watch"/>; true: there is something, and the caller takes it now.</summary>
    public bool Leave()
    {
        lock (_lock)
        {
            _watchers--;
            return _count > 0;
        }
    }

    public bool TryTake(out IWork? work)
    {
        lock (_lock)
        {
            return Take(out work);
        }
    }

    /// <summary>False: there is nothing, and the caller counts as asleep from now on. Whoever adds something says when he is to be woken.</summary>
    public bool TryTakeOrSleep(out IWork? work)
    {
        lock (_lock)
        {
            bool taken = Take(out work);
            _sleepers += taken ? 0 : 1;
            return taken;
        }
    }

    private void Put(IWork work)
    {
        Check.That(_count < _ring.Length, "more work than there are resources");
        _ring[(_head + _count) % _ring.Length] = work;
        _count++;
    }

    private bool Take(out IWork? work)
    {
        work = null;
        if (_count == 0)
        {
            return false;
        }

        work = _ring[_head];
        _ring[_head] = null;
        _head = (_head + 1) % _ring.Length;
        _count--;
        return true;
    }
}
