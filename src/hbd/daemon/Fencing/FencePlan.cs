using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// For every way the pair can fall apart: who shoots whom, when, and who survives. From the configuration alone, so that it
/// can be read before anything has happened. Where a group requires fence, a node shoots a peer that it calls dead whoever holds the
/// group: the holder too, because the other is about to shoot it. The time counts from the last heartbeat that came.
/// </summary>
internal sealed class FencePlan
{
    /// <summary>Who holds what requires fence: a node's number, both, or nobody.</summary>
    private const int Both = 2;

    private readonly ClusterConfig _config;
    private readonly bool _any;

    public FencePlan(ClusterConfig config)
    {
        _config = config;
        _any = config.Groups.Any(g => g.Require == Require.Fence);
    }

    public List<FencePlanStatus> Build()
    {
        List<FencePlanStatus> plan = [];
        if (!_any)
        {
            plan.Add(new FencePlanStatus
            {
                Case = "any",
                Holder = "no group requires fence",
                Shots = [],
                Survives = "nobody is shot: groups are taken over after deadtime without proof",
            });
            return plan;
        }

        for (int dead = 0; dead < Limits.Nodes; dead++)
        {
            int alive = 1 - dead;
            plan.Add(new FencePlanStatus
            {
                Case = Name(dead) + " dies",
                Holder = "any",
                Shots = [Shot(alive, _config.DetectionTime, holds: true)],
                Survives = Name(alive) + ", which takes over what " + Name(dead) + " held when that is proven off",
            });
        }

        for (int holder = 0; holder <= Both; holder++)
        {
            plan.Add(Split(holder));
        }

        for (int deaf = 0; deaf < Limits.Nodes; deaf++)
        {
            plan.Add(new FencePlanStatus
            {
                Case = "only " + Name(deaf) + " hears nothing",
                Holder = "any",
                Shots = [Shot(deaf, _config.DetectionTime, holds: true)],
                Survives = Name(deaf) + ": it cannot tell this from a death",
            });
        }

        for (int alone = 0; alone < Limits.Nodes; alone++)
        {
            plan.Add(new FencePlanStatus
            {
                Case = Name(alone) + " starts and never hears " + Name(1 - alone),
                Holder = "unknown",
                Shots = [Shot(alone, _config.Initdead, holds: true)],
                Survives = Name(alone) + ", which starts the groups when " + Name(1 - alone) + " is proven off",
            });
        }

        plan.Add(new FencePlanStatus
        {
            Case = "a node leaves in good order",
            Holder = "any",
            Shots = [],
            Survives = "both: nobody is shot",
        });
        return plan;
    }

    /// <summary>All links lost, both alive: both shoot.</summary>
    private FencePlanStatus Split(int holder)
    {
        List<FenceShotStatus> shots = [];
        for (int by = 0; by < Limits.Nodes; by++)
        {
            shots.Add(Shot(by, _config.DetectionTime, holds: holder == Both || holder == 1 - by));
        }

        return new FencePlanStatus
        {
            Case = "all links are lost",
            Holder = holder == Both ? "both, some groups each" : Name(holder) + ", all of them",
            Shots = shots,
            Survives = Survivor(shots),
        };
    }

    private static string Survivor(List<FenceShotStatus> shots)
    {
        FenceShotStatus early = shots[0].EarliestMs <= shots[1].EarliestMs ? shots[0] : shots[1];
        FenceShotStatus late = early == shots[0] ? shots[1] : shots[0];
        double lead = late.EarliestMs - early.LatestMs;
        return lead > 0
            ? early.By + ", if its device is done within " + lead.ToString("0", CultureInfo.InvariantCulture) + " ms"
            : "chance decides, and both may go down: give the devices different delays";
    }

    private FenceShotStatus Shot(int by, Duration detection, bool holds)
    {
        int target = 1 - by;
        List<string> levels = [];
        for (int level = FenceDelay.FirstLevel(_config.Stonith, target); level != 0; level = FenceDelay.NextLevel(_config.Stonith, target, level))
        {
            levels.Add(string.Join(" and ", _config.Stonith.Where(d => d.Node == target && d.Level == level).Select(d => d.Name)));
        }

        return new FenceShotStatus
        {
            By = Name(by),
            Target = Name(target),
            EarliestMs = (detection + FenceDelay.Least(_config.Stonith, target, holds)).Milliseconds,
            LatestMs = (detection + FenceDelay.Most(_config.Stonith, target, holds)).Milliseconds,
            Levels = levels,
        };
    }

    private string Name(int node) => _config.Nodes[node];
}
