using Hbd.Core.Config;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Wire;

namespace Hbd.Daemon;

/// <summary>The words of status, JSON and messages for the values of the core.</summary>
internal static class Words
{
    public static string Of(AgentAction action) => action switch
    {
        AgentAction.Start => "start",
        AgentAction.Stop => "stop",
        AgentAction.Monitor => "monitor",
        AgentAction.MetaData => "meta-data",
        AgentAction.Promote => "promote",
        AgentAction.Demote => "demote",
        AgentAction.Notify => "notify",
        _ => "validate-all",
    };

    /// <summary>Names of the OCF codes as the OCF text has them, in lower case.</summary>
    public static string Of(AgentResult result) => result switch
    {
        AgentResult.Ok => "ok",
        AgentResult.Generic => "generic error (1)",
        AgentResult.Arguments => "wrong arguments (2)",
        AgentResult.Unimplemented => "not implemented (3)",
        AgentResult.Permission => "no permission (4)",
        AgentResult.NotInstalled => "not installed (5)",
        AgentResult.NotConfigured => "not configured (6)",
        AgentResult.NotRunning => "not running",
        AgentResult.RunningPromoted => "running promoted (8)",
        AgentResult.FailedPromoted => "failed promoted (9)",
        AgentResult.Degraded => "degraded (190)",
        AgentResult.DegradedPromoted => "degraded promoted (191)",
        AgentResult.TimedOut => "timed out",
        AgentResult.Crashed => "ended by a signal",
        _ => "could not be run",
    };

    public static string Of(SplitBrain policy) => policy switch
    {
        SplitBrain.Freeze => "freeze",
        SplitBrain.Stop => "stop",
        SplitBrain.Suicide => "suicide",
        _ => "ignore",
    };

    public static string Of(PingState state) => state switch
    {
        PingState.Unknown => "unknown",
        PingState.Up => "up",
        _ => "down",
    };

    public static string Of(NodeState state) => state switch
    {
        NodeState.Init => "init",
        NodeState.Up => "up",
        NodeState.Active => "active",
        NodeState.Dead => "dead",
        _ => "left",
    };

    public static string Of(LocalState state) => state switch
    {
        LocalState.Unknown => "unknown",
        LocalState.Stopped => "stopped",
        LocalState.Starting => "starting",
        LocalState.Running => "running",
        LocalState.Stopping => "stopping",
        LocalState.Failed => "failed",
        LocalState.Blocked => "blocked",
        _ => "found",
    };

    /// <summary>Of a promotable resource: the state of its role where it has one, otherwise that of its instance.</summary>
    public static string Of(ResourceRun resource) => resource switch
    {
        { Instance: null } => Of(resource.State),
        { Instance.Refused: true, Instance.State: ResourceState.Stopped } => "given up",
        { Config.Mode: ResourceMode.Both } => Of(resource.Instance.State),
        { State: ResourceState.Running } => "promoted",
        { State: ResourceState.Starting } => "promoting",
        { State: ResourceState.Stopping } => "demoting",
        { State: ResourceState.Stopped, Instance.State: ResourceState.Running } => "unpromoted",
        { State: ResourceState.Stopped } => Of(resource.Instance.State),
        _ => Of(resource.State),
    };

    public static string Of(ResourceState state) => state switch
    {
        ResourceState.Unknown => "unknown",
        ResourceState.Stopped => "stopped",
        ResourceState.Starting => "starting",
        ResourceState.Running => "running",
        ResourceState.Stopping => "stopping",
        ResourceState.Probing => "probing",
        _ => "stop failed",
    };

    public static string Of(FrameVerdict verdict) => verdict switch
    {
        FrameVerdict.TooShort => "too short",
        FrameVerdict.TooLong => "too long",
        FrameVerdict.BadMagic => "not an hbd frame",
        FrameVerdict.BadVersion => "another version of the protocol",
        FrameVerdict.WrongCluster => "another cluster",
        FrameVerdict.UnknownSender => "unknown sender",
        FrameVerdict.OwnFrame => "our own frame",
        FrameVerdict.UnknownKey => "unknown key id: are authkeys the same on both nodes?",
        FrameVerdict.BadMac => "bad MAC: are authkeys the same on both nodes?",
        FrameVerdict.Malformed => "malformed sections",
        FrameVerdict.Replayed => "replayed",
        FrameVerdict.StaleGeneration => "from an earlier start",
        FrameVerdict.Unproven => "not proven fresh",
        _ => "accepted",
    };
}
