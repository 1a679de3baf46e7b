using Hbd.Daemon.Agents;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Fencing;

/// <summary>What one device has under way.</summary>
internal sealed class StonithSlot
{
    public StonithSlot(FenceDevice device)
    {
        Device = device;
        Job = new StonithJob(device);
    }

    public FenceDevice Device { get; }

    public StonithJob Job { get; }

    /// <summary>The job is on a worker, wanted or given up.</summary>
    public bool JobIsOut { get; set; }

    /// <summary>Not reaped yet, wanted or given up.</summary>
    public AgentProcess? Process { get; set; }

    public ActionStage Stage { get; set; }

    public StonithOperation Operation { get; set; }

    public long DeadlineNs { get; set; } = long.MaxValue;

    /// <summary>Nothing of this device is running anywhere.</summary>
    public bool IsFree => !JobIsOut && Process is null;
}
