using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// The watchdog of one machine, set to a quarter of a lease. Patted as long as the daemon runs and its core allows it, which one that has fenced itself does not; a daemon that is
/// paused or gone pats nothing, and neither does a machine that is suspended, for this one stands outside.
/// </summary>
internal sealed class SimWatchdog(SimNode node, Duration timeout)
{
    private long _pattedNs;

    public bool Armed { get; private set; }

    /// <summary>When it resets the machine if nothing changes.</summary>
    public long FiresNs => !Armed ? long.MaxValue
        : node.Core is { Fenced: true } ? _pattedNs + timeout.Nanoseconds
        : node.Runs && PatUntilNs == long.MaxValue ? long.MaxValue
        : System.Math.Max(_pattedNs, node.Runs ? PatUntilNs : long.MinValue) + timeout.Nanoseconds;

    private long PatUntilNs => node.Core!.PatUntil == Instant.Never ? long.MaxValue
        : node.Clock.WorldAt(node.Core.PatUntil);

    public void Arm(long nowNs)
    {
        // A daemon that is started again within the time takes over a watchdog that runs.
        _pattedNs = Armed ? _pattedNs : nowNs;
        Armed = true;
    }

    public void Disarm() => Armed = false;

    /// <summary>Before anything happens to the node: up to now it was patted.</summary>
    public void Pat(long nowNs)
    {
        if (Armed && node.Runs && !node.Core!.Fenced)
        {
            _pattedNs = System.Math.Max(_pattedNs, System.Math.Min(nowNs, PatUntilNs));
        }
    }
}
