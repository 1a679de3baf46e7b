using System;
using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// The generation file of one machine and the rule of src/hbd/sys/Generation.cs: the larger of the stored number plus one and the wall clock
/// in seconds; without a file the wall clock alone; a torn file is refused until somebody removes it. The rule rests on this: nobody
/// starts hbd more than once a second for long. A run packs a day's starts into seconds, so its wall clock ticks faster: with a
/// tick of a whole second the number comes back after a loss, and recorded frames of its first use count again (doc/simulator.md).
/// </summary>
internal sealed class SimStateFile(Duration tick)
{
    /// <summary>Wall clock of the world's beginning.</summary>
    private const uint ClockSeconds = 1_700_000_000;

    private uint? _stored;
    private bool _torn;

    public void Lose() => (_stored, _torn) = (null, false);

    public void Tear() => _torn = true;

    /// <summary>The generation of the next start, stored; false when the daemon refuses the file.</summary>
    public bool TryNext(long worldNs, out uint next)
    {
        uint clock = ClockSeconds + (uint)(worldNs / tick.Nanoseconds);
        next = _stored is { } stored ? Math.Max(stored + 1, clock) : clock;
        if (_torn)
        {
            return false;
        }

        _stored = next;
        return true;
    }
}
