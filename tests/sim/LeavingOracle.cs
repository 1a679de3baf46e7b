using Hbd.Core.Wire;

namespace Hbd.Sim;

/// <summary>
/// E1. A node says that it has left only when nothing runs there any more: no group, and no instance of what runs on both nodes. E2. After that its
/// agents begin nothing in this life of its daemon. The peer hears nothing more of it and stops waiting for it, so it must be its last word.
/// Agents that lie are excused: what they say runs or does not run is not what runs.
/// </summary>
/// <param name="violate">Called with the rule and what broke it.</param>
internal sealed class LeavingOracle(SimWorld world, System.Action<string> violate)
{
    /// <summary>Where a frame has its flags: doc/wire.md.</summary>
    private const int FlagsAt = 3;

    private readonly bool[] _saidLeft = [false, false];

    public void NewLife(int node) => _saidLeft[node] = false;

    public void Sent(int node, byte[] frame)
    {
        if (((PacketFlags)frame[FlagsAt] & PacketFlags.Left) == 0)
        {
            return;
        }

        _saidLeft[node] = true;
        for (int group = 0; group < world.Config.Groups.Count && !world.Options.Adversity.TroublesAgents; group++)
        {
            if (world.Nodes[node].AnyActive(group) || world.Nodes[node].AnyInstance(group))
            {
                violate($"E1: {SimWorld.Name(node)} says that it has left, and something of g{group} runs there");
            }
        }
    }

    public void Begins(int node, int group)
    {
        if (_saidLeft[node])
        {
            violate($"E2: {SimWorld.Name(node)} has said that it has left, and begins an action of g{group}");
        }
    }
}
