using Hbd.Core.Config;

namespace Hbd.Core.Resources;

/// <summary>What this node does with one resource: state, the action under way, how the last one ended.</summary>
internal sealed partial class ResourceRun
{
    private bool _recurring;
    private bool _cancelled;
    private Instant _lastFailure;

    public ResourceRun(ResourceConfig config)
    {
        Config = config;
        Instance = config.Mode == ResourceMode.Single ? null : new InstanceRun();
        Notices = config is { Mode: ResourceMode.Promotable, Notify: true } ? new NoticeExchange() : null;
        WireId = Wire.WireId.Of(config.Name);
    }

    public ResourceConfig Config { get; }

    public bool IsAddress => Config.IsAddress;

    /// <summary>Failures that count against its budget.</summary>
    public int Failures { get; private set; }

    /// <summary>It runs, but its last monitor said that not all is well (OCF 190, 191).</summary>
    public bool Degraded { get; set; }

    /// <summary>Maintenance is over, and it was not looked at yet.</summary>
    public bool Look { get; set; }

    public ResourceState State { get; private set; } = ResourceState.Unknown;

    /// <summary>Id of the action under way, 0 for none. One at a time: asserted here.</summary>
    public uint ActionId { get; private set; }

    public AgentResult LastResult { get; private set; }

    public AgentAction LastAction { get; private set; }

    public bool Busy => ActionId != 0;

    /// <summary>When the last probe of it ended.</summary>
    public Instant ProbedAt { get; set; }

    /// <summary>The probe of an earlier life's resource saw it run, and nothing was done to it since.</summary>
    public bool SeenRunning => !Busy && State == ResourceState.Running && LastAction == AgentAction.Monitor
        && (LastResult is AgentResult.Ok or AgentResult.Degraded);

    /// <summary>Nothing of it can be running.</summary>
    public bool IsClear => State == ResourceState.Stopped;

    public void Begin(AgentAction action, uint actionId)
    {
        Check.That(!Busy, "one action at a time per resource");
        ActionId = actionId;
        LastAction = action;
        State = action switch
        {
            AgentAction.Start => ResourceState.Starting,
            AgentAction.Stop => ResourceState.Stopping,
            _ => ResourceState.Probing,
        };
    }

    /// <summary>A look at a running resource, which leaves its state as it is.</summary>
    public void BeginMonitor(uint actionId)
    {
        Check.That(!Busy, "one action at a time per resource");
        Check.That(State == ResourceState.Running, "only what runs is monitored");
        ActionId = actionId;
        LastAction = AgentAction.Monitor;
        _recurring = true;
        _cancelled = false;
    }

    /// <summary>True once, if a recurring monitor is under way that nobody waits for any more.</summary>
    public bool TryCancel(out uint actionId)
    {
        actionId = ActionId;
        bool cancels = Busy && _recurring && !_cancelled;
        _cancelled |= cancels;
        return cancels;
    }

    /// <summary>What is under way is a look at what runs.</summary>
    public bool Monitoring => Busy && _recurring;

    /// <summary>The recurring monitor that began last was called off.</summary>
    public bool WasCancelled => _cancelled;

    public void CountFailure(Instant now, Duration forgottenAfter)
    {
        bool forgotten = forgottenAfter > Duration.Zero && now - _lastFailure >= forgottenAfter;
        Failures = forgotten ? 1 : Failures + 1;
        _lastFailure = now;
    }

    /// <summary>What an earlier life of this daemon, which handed over, counted.</summary>
    public void Inherit(int failures, Instant lastFailure)
    {
        Failures = failures;
        _lastFailure = lastFailure;
    }

    public Instant LastFailure => _lastFailure;

    public void ForgetFailures()
    {
        Failures = 0;
        Degraded = false;
        if (Instance is { } instance)
        {
            instance.Refused = false;
        }
    }

    /// <summary>Takes the result of the action under way; true if the action did what it should.</summary>
    /// <param name="recurring">It was a look at a running resource.</param>
    public bool Finish(AgentResult result, out bool recurring)
    {
        recurring = _recurring;
        _recurring = false;
        Check.That(Busy, "a result belongs to an action");
        ActionId = 0;
        LastResult = result;
        if (recurring)
        {
            return result is AgentResult.Ok or AgentResult.Degraded || _cancelled;
        }

        bool succeeded;
        (State, succeeded) = LastAction switch
        {
            AgentAction.Start when result is AgentResult.Ok => (ResourceState.Running, true),

            // A start that failed may have done half its work: it is stopped like one that worked.
            AgentAction.Start => (ResourceState.Running, false),
            AgentAction.Stop when IsStopped(result) => (ResourceState.Stopped, true),
            AgentAction.Stop => (ResourceState.StopFailed, false),
            _ => (MayRun(result) ? ResourceState.Running : ResourceState.Stopped, true),
        };
        return succeeded;
    }

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add((ulong)State);
        hasher.Add(ActionId);
        hasher.Add((long)Failures);
        hasher.Add(Degraded);
        Instance?.AddTo(ref hasher);
        Notices?.AddTo(ref hasher);
    }

    /// <summary>An agent whose program is absent cannot run anything: OCF lets its stop answer 5.</summary>
    private static bool IsStopped(AgentResult result) => result is AgentResult.Ok or AgentResult.NotInstalled;

    /// <summary>
    /// Probe results after which a resource must be stopped before it may run elsewhere. A probe that failed without saying
    /// what is (1, 9, a timeout) counts as running: stopping something twice is harmless, owning it twice is not.
    /// </summary>
    private static bool MayRun(AgentResult result) => result is not (AgentResult.NotRunning or AgentResult.NotInstalled
        or AgentResult.NotConfigured or AgentResult.Arguments or AgentResult.Unimplemented or AgentResult.Permission);
}
