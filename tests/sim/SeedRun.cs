using System;
using System.IO;
using Hbd.Core;

namespace Hbd.Sim;

/// <summary>One seed: faults and safety first, then everything mended and liveness.</summary>
internal static class SeedRun
{
    public static SeedResult Run(SimOptions options, TextWriter? trace)
    {
        ulong seed = options.Seed;
        trace?.WriteLine("# seed " + seed + ": " + options);
        SimWorld world = new(options, trace);
        try
        {
            Faults faults = new(world);
            PingFaults ping = new(world);
            world.Start(0);
            world.Start(1);
            VoteFaults votes = new(world);
            ModeFaults modes = new(world);
            AttributeFaults attributes = new(world);
            HintFaults hints = new(world);
            faults.Begin();
            modes.Begin();
            attributes.Begin();
            hints.Begin();
            votes.Begin();
            ping.Begin();
            world.Run(options.FaultPhase);
            votes.MendAll();
            faults.MendAll();
            modes.MendAll();
            attributes.MendAll();
            hints.MendAll();
            ping.MendAll();
            world.Run(new Duration(world.Oracle.LivenessBoundNs));
            world.Oracle.CheckWhole();
            attributes.Check();
            Differ(world, ping);
            world.Nodes[0].Recording.Ended();
            world.Nodes[1].Recording.Ended();
            return new SeedResult(seed, null, world.Hash, world.Frames, world.NowNs)
            {
                Transitions = world.Transitions,
                Steps = world.Transitions.Steps,
            };
        }
        catch (Exception e)
        {
            // Whatever a seed brings down, the simulator included, is that seed's violation.
            string what = e is OracleException ? e.Message : e.GetType().Name + ": " + e.Message;
            return new SeedResult(seed, what, world.Hash, world.Frames, world.NowNs);
        }
    }

    /// <summary>Phase three, where there are ping nodes: one node reaches less, for good.</summary>
    private static void Differ(SimWorld world, PingFaults ping)
    {
        if (world.Ping.Targets == 0)
        {
            return;
        }

        world.Oracle.Ping.CountMoves();
        int better = ping.MakeLastingDifference();
        for (int i = 0; i < 2; i++)
        {
            // In time; and still there later.
            world.Run(new Duration(world.Oracle.Ping.BoundNs));
            world.Oracle.Ping.CheckBetter(better);
        }
    }
}

internal readonly record struct SeedResult(ulong Seed, string? Violation, ulong Hash, long Frames, long VirtualNs)
{
    public Transitions? Transitions { get; init; }

    public long Steps { get; init; }
}
