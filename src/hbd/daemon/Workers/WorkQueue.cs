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

    public WorkQueue(int capacity) => _ring = new IWork?[capacity];

    /// <summary>Something is in it; a look from outside, without the lock.</summary>
    public bool HasWork => _count > 0;

    /// <summary>Full is a bug: the owner has counted who may put something here. False: one who watches takes it, nobody needs to be woken.</summary>
    public bool Add(IWork work)
    {
        lock (_lock)
        {
            Check.That(_count < _ring.Length, "more work than there are resources");
            _ring[(_head + _count) % _ring.Length] = work;
            _count++;
            return _count > _watchers;
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

    public bool TryTake(out IWork? work)
    {
        lock (_lock)
        {
            return Take(out work);
        }
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
