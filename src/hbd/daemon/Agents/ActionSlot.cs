using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Agents;

/// <summary>What one resource has under way.</summary>
internal sealed class ActionSlot
{
    private readonly AgentProgram _program;

    public ActionSlot(int group, int resource, ResourceConfig config, AgentProgram program)
    {
        Group = group;
        Resource = resource;
        Config = config;
        _program = program;
        Program = program;
    }

    public int Group { get; }

    public int Resource { get; }

    public ResourceConfig Config { get; }

    /// <summary>As the action at hand is run.</summary>
    public AgentProgram Program { get; private set; }

    public AgentJob? Job { get; set; }

    /// <summary>The job is on a worker, wanted or given up.</summary>
    public bool JobIsOut { get; set; }

    /// <summary>Not reaped yet, wanted or given up.</summary>
    public AgentProcess? Process { get; set; }

    public ActionStage Stage { get; set; }

    public uint ActionId { get; set; }

    public AgentAction Action { get; set; }

    public AgentCheck Check { get; set; }

    /// <summary>Of a promotable resource: what its agent is told of both nodes.</summary>
    public PairView? View { get; set; }

    public Duration Timeout { get; set; }

    public long BegunNs { get; set; }

    /// <summary>When the present stage is over.</summary>
    public long DeadlineNs { get; set; }

    /// <summary>A monitor that runs as a program, one of those that may at a time: until when it counts. The largest number: it does not.</summary>
    public long PlaceUntilNs { get; set; } = long.MaxValue;

    /// <summary>For a unit: systemd could not be asked about this action.</summary>
    public bool NeedsProgram { get; set; }

    /// <summary>For <see cref="ActionStage.Decided"/>.</summary>
    public AgentResult Result { get; set; }

    public string Reason { get; set; } = "";

    /// <summary>Position in the list of slots with an action.</summary>
    public int ActivePosition { get; set; }

    /// <summary>The address as the last successful start or monitor found it.</summary>
    public HeldAddress? Seen { get; set; }

    /// <summary>Decides how the action at hand is run: a shared object in here, or as a program.</summary>
    public void Choose(bool outside) => Program = outside && _program.Outside is { } program ? program : _program;

    /// <summary>The shared object of this resource when it is loaded, however the action at hand is run.</summary>
    public LoadedAgent? Plugin => _program.Plugin;

    /// <summary>Nothing of this resource is running anywhere.</summary>
    public bool IsFree => !JobIsOut && Process is null;
}
