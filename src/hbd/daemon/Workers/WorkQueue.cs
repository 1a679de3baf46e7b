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
    private int _count;

    public WorkQueue(int capacity) => _ring = new IWork?[capacity];

    /// <summary>Full is a bug: the owner has counted who may put something here.</summary>
    public void Add(IWork work)
    {
        lock (_lock)
        {
            Check.That(_count < _ring.Length, "more work than there are resources");
            _ring[(_head + _count) % _ring.Length] = work;
            _count++;
        }
    }

    public bool TryTake(out IWork? work)
    {
        lock (_lock)
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
}
