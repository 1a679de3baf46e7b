using System;
using System.IO;
using Hbd.Core;

namespace Hbd.Sim;

/// <summary>One seed: faults and safety first, then everything mended and liveness.</summary>
internal static class SeedRun
{
    public static SeedResult Run(ulong seed, bool fenced, bool witness, TextWriter? trace)
    {
        SimOptions options = SimOptions.Draw(seed, fenced, witness);
        trace?.WriteLine("# seed " + seed + ": " + options);
        SimWorld world = new(options, trace);
        try
        {
            Faults faults = new(world);
            world.Start(0);
            world.Start(1);
            faults.Begin();
            world.Run(options.FaultPhase);
            faults.MendAll();
            world.Run(new Duration(world.Oracle.LivenessBoundNs));
            world.Oracle.CheckWhole();
            return new SeedResult(seed, null, world.Hash, world.Frames, world.NowNs);
        }
        catch (Exception e)
        {
            // Whatever a seed brings down, the simulator included, is that seed's violation.
            string what = e is OracleException ? e.Message : e.GetType().Name + ": " + e.Message;
            return new SeedResult(seed, what, world.Hash, world.Frames, world.NowNs);
        }
    }
}

internal readonly record struct SeedResult(ulong Seed, string? Violation, ulong Hash, long Frames, long VirtualNs);
