using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Sim;

/// <summary>
/// U1. Where fence devices cut nodes off, a node starts what requires fencing only after they have let this life of its daemon in; what an earlier life left
/// running may be taken over as it is, and restarted in place, also where it died since this life found it, which nobody can know. U2. A node asks to be let in only while everything of such groups is stopped here, or was started by this life.
/// Agents that lie are excused: what they say runs or does not run is not what runs.
/// </summary>
internal sealed class UnfencingOracle(SimWorld world, int groups)
{
    private readonly bool[,] _started = new bool[2, groups];
    private readonly bool[,] _found = new bool[2, groups];

    /// <summary>The longest pause between two attempts.</summary>
    public long BoundNs => world.Options.UnfenceFailPermille > 0 ? Duration.FromSeconds(35).Nanoseconds : 0;

    private bool Judges => world.Options.Unfences && !world.Options.Adversity.TroublesAgents;

    public void NewLife(int node)
    {
        for (int group = 0; group < groups; group++)
        {
            _started[node, group] = _found[node, group] = false;
        }
    }

    /// <summary>A node says that it found a group running when its life began, or that it has stopped it.</summary>
    public void Said(int node, int group, bool found) => _found[node, group] = found;

    /// <param name="restarts">In place, what ran here until a moment ago.</param>
    public void Starts(int node, int group, bool restarts)
    {
        SimNode starter = world.Nodes[node];
        if (Judges && world.Config.Groups[group].Require == Require.Fence && !starter.LetIn && !restarts && !_found[node, group] && !starter.AnyActive(group))
        {
            throw new OracleException(Text($"U1: {SimWorld.Name(node)} starts g{group} before its fence device has let it in"));
        }

        _started[node, group] = true;
    }

    public void Unfences(int node)
    {
        for (int group = 0; group < groups; group++)
        {
            if (Judges && world.Config.Groups[group].Require == Require.Fence && world.Nodes[node].AnyActive(group) && !_started[node, group])
            {
                throw new OracleException(Text($"U2: {SimWorld.Name(node)} asks to be let in while g{group} is active there, left by an earlier life"));
            }
        }
    }

    private string Text(string what) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{world.NowNs / 1e9:0.000000} {what}");
}
