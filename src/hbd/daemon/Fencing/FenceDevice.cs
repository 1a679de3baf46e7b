using System;
using Hbd.Core.Config;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Fencing;

/// <summary>A device as it turned out to be on this machine, and how it did when it was last tested.</summary>
internal sealed class FenceDevice
{
    public FenceDevice(int index, StonithConfig config, string node, IStonithDriver driver, string? problem)
    {
        Index = index;
        Config = config;
        Node = node;
        Driver = driver;
        Problem = problem;
    }

    public int Index { get; }

    public StonithConfig Config { get; }

    /// <summary>Name of the node it fences.</summary>
    public string Node { get; }

    public IStonithDriver Driver { get; }

    /// <summary>Why it cannot be used at all; null when it can.</summary>
    public string? Problem { get; }

    public bool IsHuman => Driver is not (IStonithProgram or IStonithFunction);

    /// <summary>Off is a step of its own and can be looked at.</summary>
    public bool CanVerify => Config.Verify != false && Driver.Can(StonithOperation.Status);

    /// <summary>Null before the first test.</summary>
    public bool? TestOk { get; set; }

    public string TestText { get; set; } = "";

    public DateTimeOffset TestedAt { get; set; }

    /// <summary>Tests that have ended, so that whoever asked for one can see that it is done.</summary>
    public int Tests { get; set; }
}
