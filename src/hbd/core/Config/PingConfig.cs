using System.Collections.Generic;
using System.Net;

namespace Hbd.Core.Config;

/// <summary>The ping nodes: machines outside the pair that tell a node how much of the network it still reaches.</summary>
public sealed record PingConfig
{
    /// <summary>In the order of the file, first the single ones; at least one.</summary>
    public required IReadOnlyList<PingTarget> Targets { get; init; }

    /// <summary>Between two echoes to the same address.</summary>
    public required Duration Interval { get; init; }

    /// <summary>So long without an answer, and a ping node is down.</summary>
    public required Duration Deadping { get; init; }

    /// <summary>So long the peer must reach more, without a break, before it is given what runs here.</summary>
    public required Duration Hold { get; init; }

    /// <summary>Answers that make a ping node up.</summary>
    public required int Up { get; init; }

    /// <summary>Score of a node that reaches everything.</summary>
    public int ScoreMax
    {
        get
        {
            int sum = 0;
            foreach (PingTarget target in Targets)
            {
                sum += target.Weight;
            }

            return sum;
        }
    }
}

/// <summary>One ping node, or a group of them that counts as one: it answers when any of its addresses does.</summary>
public sealed record PingTarget
{
    /// <summary>The address, or the name of the group.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>What it adds to the score; 0: it only counts as proof.</summary>
    public required int Weight { get; init; }
}
