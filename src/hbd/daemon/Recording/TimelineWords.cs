using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Recording;

namespace Hbd.Daemon.Recording;

/// <summary>Events and decisions in words, with the names of the configuration that held then.</summary>
internal sealed class TimelineWords(RecordedLife life)
{
    private readonly Dictionary<uint, ClusterAction> _asked = [];

    /// <summary>What an action answers later needs its question.</summary>
    public void Learn(IReadOnlyList<ClusterAction> actions)
    {
        foreach (ClusterAction action in actions)
        {
            if (action.Kind == ClusterActionKind.RunAgent && _asked.Count < Limits.Resources * 8)
            {
                _asked[action.ActionId] = action;
            }
        }
    }

    public string Of(Record record) => record.Kind switch
    {
        RecordKind.Start => "the daemon starts",
        RecordKind.Wrote or RecordKind.WroteSame => "frames written: " + Number(record.Wrote.Count),
        RecordKind.Pages => "requests to the witness written: " + Number(record.Count),
        RecordKind.Clock => "clock and state hash",
        RecordKind.Gap => Number(record.Count) + " records were lost",
        _ when record.IsFrame => "heartbeat of " + life.Peer + " on " + life.Link(record.Event.Link),
        _ => Of(record.Event),
    };

    /// <summary>The group a result belongs to; null for any other event.</summary>
    public string? GroupOf(in ClusterEvent e) => e.Kind switch
    {
        ClusterEventKind.ActionFinished when _asked.TryGetValue(e.ActionId, out ClusterAction asked) => life.Group(asked.Group),
        ClusterEventKind.OperatorCommand when e.Selector == GroupSelector.One && e.Command != OperatorCommand.Shutdown => life.Group(e.Group),
        _ => null,
    };

    public bool IsUsualResult(in ClusterEvent e) =>
        e.Kind == ClusterEventKind.ActionFinished && _asked.TryGetValue(e.ActionId, out ClusterAction asked) && asked.Recurring;

    /// <summary>Null: not worth a line.</summary>
    public string? Of(in ClusterAction action) => action.Kind switch
    {
        ClusterActionKind.RunAgent => Words.Of(action.Agent) + " of " + life.Resource(action.Group, action.Resource) + " in group "
            + life.Group(action.Group),
        ClusterActionKind.CancelAgent => "end the monitor of " + life.Resource(action.Group, action.Resource) + " in group "
            + life.Group(action.Group),
        ClusterActionKind.Fence => "fence " + life.Peer,
        ClusterActionKind.CancelFence => "call the fencing of " + life.Peer + " off",
        ClusterActionKind.SelfFence => "fence this node",
        ClusterActionKind.Announce => "announce the addresses of group " + life.Group(action.Group) + " again",
        ClusterActionKind.Ping => "ask the ping nodes",
        ClusterActionKind.AskWitness => "ask the witness",
        ClusterActionKind.SendHeartbeat => "send a heartbeat",
        ClusterActionKind.Log => "say [" + Number((int)action.Message) + "]",
        ClusterActionKind.Reply => (action.Refused ? "refuse: " : "answer: ") + Reply(action),
        ClusterActionKind.Exit => "end",
        _ => null,
    };

    public static string Of(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Notice => "notice",
        _ => "info",
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(Duration d) => (d.Nanoseconds / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    private string Of(in ClusterEvent e) => e.Kind switch
    {
        ClusterEventKind.DeadlineReached => "a deadline was reached",
        ClusterEventKind.ActionFinished => Result(e),
        ClusterEventKind.FenceFinished => "fencing of " + life.Peer + " ended: " + Word(e.Fence),
        ClusterEventKind.PingAnswered => "a ping node answered, address " + Number(e.Address),
        ClusterEventKind.WitnessAnswered => "the witness answered",
        ClusterEventKind.MonitorWanted => "word that a resource of " + life.Group(e.Group) + " may have ended",
        ClusterEventKind.OwnPause => "this node was away for " + Milliseconds(e.Pause),
        _ => "operator: " + Command(e),
    };

    private static string Word(FenceOutcome outcome) => outcome switch
    {
        FenceOutcome.Proven => "proven off",
        FenceOutcome.Assumed => "reported, not proven",
        _ => "failed",
    };

    private string Result(in ClusterEvent e) => _asked.TryGetValue(e.ActionId, out ClusterAction asked)
        ? Of(asked) + " ended: " + Words.Of(e.Result)
        : "action " + Number(e.ActionId) + " ended: " + Words.Of(e.Result);

    private string Command(in ClusterEvent e)
    {
        string command = e.Command switch
        {
            OperatorCommand.Standby => "standby",
            OperatorCommand.Takeover => "takeover",
            OperatorCommand.Failback => "failback",
            OperatorCommand.Cleanup => "cleanup",
            _ => "stop",
        };
        string groups = e.Selector switch
        {
            GroupSelector.One => life.Group(e.Group),
            GroupSelector.Local => "local",
            GroupSelector.Foreign => "foreign",
            _ => "all",
        };
        return e.Command == OperatorCommand.Shutdown ? command : command + " " + groups;
    }

    private string Reply(in ClusterAction action) => Known(action.Message)
        ? MessageCatalog.Format(action.Message, new MessageFields { Peer = life.Peer, A = action.A, B = action.B })
        : Number((int)action.Message);

    public static bool Known(MessageId id)
    {
        foreach (MessageText text in MessageCatalog.All)
        {
            if (text.Id == id)
            {
                return true;
            }
        }

        return false;
    }
}
