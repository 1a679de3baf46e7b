using System.Collections.Generic;

namespace Hbd.Daemon.Fencing;

/// <summary>A request under way.</summary>
internal sealed class FenceRun
{
    public FenceRun(FenceRequest request) => Request = request;

    public FenceRequest Request { get; }

    public FenceStage Stage { get; set; }

    /// <summary>End of the delay.</summary>
    public long DeadlineNs { get; set; } = long.MaxValue;

    /// <summary>A command went to a device: from here on it cannot be taken back.</summary>
    public bool Sent { get; set; }

    /// <summary>Taken back after that: see <see cref="FenceExecutor"/>'s <c>Next</c>.</summary>
    public bool CalledOff { get; set; }

    public bool Braked { get; set; }

    /// <summary>It was ended by a person's word: no shot for the brake to count.</summary>
    public bool ByWord { get; set; }

    public int Level { get; set; }

    public List<FenceTask> Tasks { get; } = [];

    /// <summary>What may have switched the node off, here or in the request that this one cut short, and can switch it on: a node must not stay off because of a half-done request.</summary>
    public List<FenceDevice> OwesOn { get; } = [];

    /// <summary>What failed before.</summary>
    public List<string> Failures { get; } = [];

    public bool WaitsForHuman => Tasks.Exists(t => t.WaitsForHuman);
}
