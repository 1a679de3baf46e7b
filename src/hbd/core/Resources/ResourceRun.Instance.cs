using Hbd.Core.Config;

namespace Hbd.Core.Resources;

/// <content>
/// A resource that runs on both nodes. <see cref="State"/> is the part that belongs to the group's owner: Running means promoted, Stopped
/// means not promoted, whether the instance runs or not. Of a resource with <c>run = "both"</c> it is always Stopped once probed.
/// </content>
internal sealed partial class ResourceRun
{
    /// <summary>Null for a resource that runs on one node.</summary>
    public InstanceRun? Instance { get; }

    /// <summary>What the agents on both nodes are told of each other's instance; null where none is told anything.</summary>
    public NoticeExchange? Notices { get; }

    /// <summary>Its name on the wire.</summary>
    public uint WireId { get; }

    /// <summary>An action of the owner's part is under way; what the instance does by itself leaves the group alone.</summary>
    public bool OwnedBusy => Busy && (Instance is null
        || Instance.Step is InstanceStep.Probe or InstanceStep.Promote or InstanceStep.Demote or InstanceStep.HardStop);

    public void BeginInstance(InstanceStep step, uint actionId)
    {
        Check.That(!Busy, "one action at a time per resource");
        Check.That(Instance is not null, "a resource that runs on both nodes");
        ActionId = actionId;
        Instance.Step = step;
        _cancelled = false;
        _recurring = step is InstanceStep.Monitor or InstanceStep.Notify;
        LastAction = step switch
        {
            InstanceStep.Start => AgentAction.Start,
            InstanceStep.Stop or InstanceStep.HardStop => AgentAction.Stop,
            InstanceStep.Promote => AgentAction.Promote,
            InstanceStep.Demote => AgentAction.Demote,
            InstanceStep.Notify => AgentAction.Notify,
            _ => AgentAction.Monitor,
        };
        State = step switch
        {
            InstanceStep.Probe => ResourceState.Probing,
            InstanceStep.Promote => ResourceState.Starting,
            InstanceStep.Demote or InstanceStep.HardStop => ResourceState.Stopping,
            _ => State,
        };
        Instance.State = step switch
        {
            InstanceStep.Start => ResourceState.Starting,
            InstanceStep.Stop or InstanceStep.HardStop => ResourceState.Stopping,
            _ => Instance.State,
        };
    }

    /// <summary>Takes the result of the action under way; true if the action did what it should.</summary>
    public bool FinishInstance(AgentResult result, out InstanceStep step)
    {
        Check.That(Busy, "a result belongs to an action");
        step = Instance!.Step;
        Instance.Step = InstanceStep.None;
        Instance.Telling = null;
        _recurring = false;
        ActionId = 0;
        LastResult = result;
        return step switch
        {
            InstanceStep.Probe => FinishProbe(result),
            InstanceStep.Promote => FinishPromote(result),
            InstanceStep.Demote => FinishDemote(result),
            InstanceStep.HardStop => FinishHardStop(result),
            InstanceStep.Start => FinishStart(result),
            InstanceStep.Stop => FinishStop(result),
            InstanceStep.Notify => result is AgentResult.Ok or AgentResult.Unimplemented || _cancelled,
            _ => true,
        };
    }

    /// <summary>A look at an instance found it promoted, though nobody asked for that.</summary>
    public void FoundPromoted()
    {
        Check.That(State == ResourceState.Stopped && Instance is not null, "it was thought not to be promoted");
        State = ResourceState.Running;
    }

    /// <summary>A probe that does not say what is counts as promoted: demoting twice is harmless.</summary>
    private bool FinishProbe(AgentResult result)
    {
        bool runs = MayRun(result);
        bool promoted = runs && Config.Mode == ResourceMode.Promotable && result is not (AgentResult.Ok or AgentResult.Degraded);
        State = promoted ? ResourceState.Running : ResourceState.Stopped;
        Instance!.State = runs ? ResourceState.Running : ResourceState.Stopped;
        return true;
    }

    /// <summary>One that failed may have done half its work: it is demoted like one that worked.</summary>
    private bool FinishPromote(AgentResult result)
    {
        State = ResourceState.Running;
        Instance!.NeedsRestart |= result != AgentResult.Ok;
        return result == AgentResult.Ok;
    }

    private bool FinishDemote(AgentResult result)
    {
        bool demoted = result is AgentResult.Ok or AgentResult.NotRunning;
        State = demoted ? ResourceState.Stopped : ResourceState.Running;
        Instance!.Escalates = !demoted;
        Instance.NeedsRestart |= result != AgentResult.Ok;
        return demoted;
    }

    private bool FinishHardStop(AgentResult result)
    {
        bool stopped = IsStopped(result);
        State = stopped ? ResourceState.Stopped : ResourceState.StopFailed;
        Instance!.State = stopped ? ResourceState.Stopped : ResourceState.StopFailed;
        Instance.Escalates = !stopped;
        Instance.NeedsRestart &= !stopped;
        return stopped;
    }

    private bool FinishStart(AgentResult result)
    {
        // Running only after the first look at it.
        Instance!.State = ResourceState.Starting;
        return result == AgentResult.Ok;
    }

    private bool FinishStop(AgentResult result)
    {
        bool stopped = IsStopped(result);
        Instance!.State = stopped ? ResourceState.Stopped : ResourceState.StopFailed;
        Instance.NeedsRestart &= !stopped;
        Instance.StopFailures = stopped ? 0 : Instance.StopFailures + 1;
        return stopped;
    }
}
