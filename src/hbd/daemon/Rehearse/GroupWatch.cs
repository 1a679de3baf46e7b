using Hbd.Core;

namespace Hbd.Daemon.Rehearse;

/// <summary>How long one group was served by nobody, and how long owned by both nodes, since the fault.</summary>
internal sealed class GroupWatch
{
    private Instant _since;
    private Duration _down;
    private Duration _both;

    /// <summary>Number of the node that served it when the fault came; -1: none.</summary>
    public int Home { get; private set; } = -1;

    public bool IsServed { get; private set; }

    /// <summary>Owned by both nodes, whole or in part.</summary>
    public bool IsDouble { get; private set; }

    public Duration Outage => _down;

    public Duration Double => _both;

    public void Begin(int home, Instant now)
    {
        Home = home;
        _since = now;
        _down = _both = Duration.Zero;
    }

    /// <summary>How it stands from now on; what was before is counted.</summary>
    public void Note(bool served, bool isDouble, Instant now)
    {
        _down += IsServed ? Duration.Zero : now - _since;
        _both += IsDouble ? now - _since : Duration.Zero;
        _since = now;
        IsServed = served;
        IsDouble = isDouble;
    }
}
