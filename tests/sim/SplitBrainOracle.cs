using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Sim;

/// <summary>
/// The rules of a node that sees neither its peer nor a third vote (it has said that the peer is dead, its vote is lost, and
/// it is not going down), and of one that has fenced itself:
///
/// B1. stop: the addresses are gone within two agent times, everything within as many as a group can need. Only agents that fail
///     to stop are an excuse.
/// B2. Any policy but ignore: it starts and takes nothing, and shoots nobody.
/// B3. suicide: if anything of a group is active here, it has fenced itself by the end of the same event.
/// B4. After it fenced itself it sends no frame, starts and takes nothing and shoots nobody, until the machine was reset or the daemon
///     started anew.
/// B5. A stop that failed in a group that requires proof: it has fenced itself by the end of the same event.
/// B6. What is in maintenance, by the node's own word, is neither stopped nor a reason to fence itself for a policy; B1 and B3 are about the rest,
///     and about it from the moment on in which the maintenance is over.
/// </summary>
/// <param name="violate">Called with the rule and what broke it.</param>
internal sealed class SplitBrainOracle(SimWorld world, System.Action<string> violate)
{
    private readonly long[] _sinceNs = [long.MaxValue, long.MaxValue];
    private readonly long[] _excusedUntilNs = [0, 0];
    private readonly bool[] _fenced = [false, false];
    private readonly bool[] _calledDead = [false, false];
    private readonly bool[] _held = [false, false];
    private readonly bool[,] _heldGroups = new bool[2, world.Options.Groups.Length];
    private readonly long[,] _startFailedNs = new long[2, world.Options.Groups.Length];
    private readonly long[,] _freeSinceNs = new long[2, world.Options.Groups.Length];

    public void SaidDead(int node, bool dead) => _calledDead[node] = dead;

    public void SelfFenced(int node)
    {
        if (_fenced[node])
        {
            violate($"B4: {SimWorld.Name(node)} fences itself twice");
        }

        _fenced[node] = true;
    }

    /// <summary>A node says that it, or a group, is in maintenance, or no more. A new start says what was kept.</summary>
    /// <param name="group">-1: the whole node.</param>
    public void SaidMaintenance(int node, int group, bool on)
    {
        if (group < 0)
        {
            _held[node] = on;
        }
        else
        {
            _heldGroups[node, group] = on;
        }

        for (int i = 0; i < world.Options.Groups.Length && !on; i++)
        {
            _freeSinceNs[node, i] = group < 0 || group == i ? world.NowNs : _freeSinceNs[node, i];
        }
    }

    /// <summary>A start ended, and not well: what of it may run is stopped at once, whoever works on the group since it began.</summary>
    public void StartFailed(int node, int group) => _startFailedNs[node, group] = world.NowNs;

    /// <summary>B6. A node says that it stops a group, or that it fences itself, because it is cut off.</summary>
    public void SaidStopping(int node, int group, bool suicide)
    {
        bool cleans = !suicide && world.NowNs > 0 && _startFailedNs[node, group] == world.NowNs;
        if (!_fenced[node] && !cleans && IsHeld(node, group) && (suicide || (IsCutOff(node) && !world.Options.IsFenced(group))))
        {
            violate($"B6: {SimWorld.Name(node)} {(suicide ? "fences itself for" : "stops")} g{group}, which is in maintenance");
        }
    }

    /// <summary>The machine was reset, or its daemon is gone or begins anew.</summary>
    public void Renewed(int node)
    {
        _fenced[node] = _calledDead[node] = _held[node] = false;
        _sinceNs[node] = long.MaxValue;
        for (int i = 0; i < world.Options.Groups.Length; i++)
        {
            _heldGroups[node, i] = false;
        }
    }

    /// <summary>A node that stood still cannot have stopped anything meanwhile, and hears of what its agents did within a keepalive.</summary>
    public void Resumed(int node)
    {
        _sinceNs[node] = long.MaxValue;
        _excusedUntilNs[node] = world.NowNs + world.Options.Keepalive.Nanoseconds;
    }

    /// <summary>An agent has just said that it could not stop something.</summary>
    public void StopFailed(int node, int group)
    {
        if (world.Options.IsFenced(group) && !_fenced[node])
        {
            violate($"B5: {SimWorld.Name(node)} could not stop g{group}, which requires proof, and has not fenced itself");
        }
    }

    /// <param name="what">In words: sends a frame, starts g0.</param>
    /// <param name="claims">It is a start, a takeover or a shot, which a policy forbids too.</param>
    public void Acts(int node, string what, bool claims)
    {
        if (_fenced[node])
        {
            violate($"B4: {SimWorld.Name(node)} {what} after it fenced itself");
        }

        if (claims && IsCutOff(node))
        {
            violate($"B2: {SimWorld.Name(node)} {what} although it sees neither its peer nor a third vote");
        }
    }

    /// <summary>After every event.</summary>
    public void Observe()
    {
        for (int node = 0; node < 2; node++)
        {
            if (!IsCutOff(node) || !world.Nodes[node].Runs)
            {
                _sinceNs[node] = long.MaxValue;
                continue;
            }

            _sinceNs[node] = _sinceNs[node] == long.MaxValue ? System.Math.Max(world.NowNs, _excusedUntilNs[node]) : _sinceNs[node];
            for (int group = 0; group < world.Config.Groups.Count; group++)
            {
                ObserveGroup(node, group);
            }
        }
    }

    private bool IsHeld(int node, int group) => _held[node] || _heldGroups[node, group];

    private void ObserveGroup(int node, int group)
    {
        if (IsHeld(node, group))
        {
            return;
        }

        SimNode machine = world.Nodes[node];
        if (world.Options.SplitBrain == SplitBrain.Suicide && machine.AnyActive(group) && !_fenced[node])
        {
            violate($"B3: {SimWorld.Name(node)} runs g{group}, sees neither its peer nor a third vote, and has not fenced itself");
        }

        bool failures = world.Options.StopFailPermille > 0 || world.ScriptedFailures;
        if (world.Options.SplitBrain != SplitBrain.Stop || failures)
        {
            return;
        }

        // A start may be under way when it begins; then the stops, one after the other.
        Duration all = world.Options.AgentMax * (2 + machine.Active[group].Length);
        long passed = world.NowNs - System.Math.Max(_sinceNs[node], _freeSinceNs[node, group]);
        if (machine.Active[group][0] && passed > (world.Options.AgentMax * 2).Nanoseconds + 1)
        {
            violate($"B1: {SimWorld.Name(node)} still has the address of g{group} {passed / 1e6:0.0} ms after it was cut off");
        }

        if (machine.AnyActive(group) && passed > all.Nanoseconds + 1)
        {
            violate($"B1: {SimWorld.Name(node)} still runs g{group} {passed / 1e6:0.0} ms after it was cut off");
        }
    }

    private bool IsCutOff(int node) => _calledDead[node] && world.Options.SplitBrain != SplitBrain.Ignore
        && world.Nodes[node].Vote.Lost && world.Nodes[node].Core is { Resources.Leaving: false };
}
