using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Daemon.Rehearse;

/// <summary>What one case did to every group.</summary>
internal sealed record CaseResult(string Name, IReadOnlyList<GroupOutcome> Groups, IReadOnlyList<Told> Timeline)
{
    /// <summary>A group that requires a proof was owned by both nodes: this must not be.</summary>
    public bool IsUnsafe { get; init; }
}

/// <summary>What became of one group.</summary>
/// <param name="Group">Its configuration.</param>
/// <param name="Home">Number of the node that served it before; -1: none did.</param>
/// <param name="Server">Number of the node that serves it in the end; -1: none does.</param>
/// <param name="Outage">Time in which nobody served it.</param>
/// <param name="Double">Time in which both nodes owned it.</param>
/// <param name="EndsDouble">They still do in the end.</param>
/// <param name="Rule">The message that decided, or the event without one; null: nothing was decided.</param>
internal sealed record GroupOutcome(GroupConfig Group, int Home, int Server, Duration Outage, Duration Double, bool EndsDouble, Told? Rule)
{
    /// <summary>Neither machine has power in the end.</summary>
    public bool BothOff { get; init; }

    /// <summary>The case did not concern it.</summary>
    public bool IsUntouched => Server == Home && Home >= 0 && Outage == Duration.Zero && Double == Duration.Zero;

    /// <summary>Fencing or a witness proves that the peer does not run it. Ping nodes prove only that this node is not cut off.</summary>
    public bool RequiresProof => Group.Require is Require.Fence or Require.Witness;
}
