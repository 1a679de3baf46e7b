using System;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <content>What a node says: to the trace, as its log would have it, and to the oracle, which holds it to its word.</content>
internal sealed partial class SimWorld
{
    public void Say(int node, string what) => Trace(Name(node), what);

    /// <summary>What a node says that the oracle holds it to.</summary>
    private void Tell(SimNode node, in ClusterAction action)
    {
        switch (action.Message)
        {
            case MessageId.NodeUp or MessageId.NodeRestarted:
                Oracle.SaidUp(node.Number, action.Message == MessageId.NodeRestarted);
                break;
            case MessageId.NodeDead or MessageId.NodeNeverSeen:
                Oracle.SaidDead(node.Number);
                break;
            case MessageId.NodeLeft:
                Oracle.SaidLeft(node.Number);
                break;
            case MessageId.OwnPauseLong:
                Oracle.SaidAway(node.Number);
                break;
            case MessageId.GroupTakeover:
                Oracle.SaidTaken(node.Number, action.Group);
                break;
            case MessageId.GroupGiven:
                Oracle.Ping.SaidGiven(node.Number, action.Group);
                break;
            case MessageId.GroupPassed:
                Oracle.Ping.Moved(action.Group);
                break;
            case MessageId.MaintenanceHere or MessageId.MaintenanceHereEnds:
                Oracle.SaidMaintenance(node.Number, -1, action.Message == MessageId.MaintenanceHere);
                break;
            case MessageId.MaintenanceGroup or MessageId.MaintenanceGroupEnds:
                Oracle.SaidMaintenance(node.Number, action.Group, action.Message == MessageId.MaintenanceGroup);
                break;
            case MessageId.GroupRestarting or MessageId.GroupRenewing or MessageId.GroupRunning or MessageId.GroupStopping:
                Oracle.SaidStopping(node.Number, action.Group, action.Message == MessageId.GroupStopping);
                Oracle.SaidRestarting(node.Number, action.Group, action.Message is MessageId.GroupRestarting or MessageId.GroupRenewing);
                break;
            case MessageId.GroupStartFailed:
                Oracle.StartFailed(node.Number, action.Group);
                break;
            case MessageId.GroupFound or MessageId.GroupStopped:
                Oracle.Unfencing.Said(node.Number, action.Group, found: action.Message == MessageId.GroupFound);
                break;
            case MessageId.GroupReceived:
                Oracle.SaidReceived(node.Number, action.Group);
                break;
            case MessageId.GroupYield:
                Oracle.SaidYield(node.Number, action.Group);
                break;
        }
    }

    private string Text(SimNode node, in ClusterAction action)
    {
        MessageFields fields = new()
        {
            Peer = Name(1 - node.Number),
            Link = action.Link >= 0 && action.Link < Config.Media.Count ? Config.Media[action.Link].Name : "",
            Group = action.Group >= 0 ? Config.Groups[action.Group].Name : "",
            Resource = action.Group >= 0 ? Config.Groups[action.Group].Resources[action.Resource].Name : "",
            Action = action.Agent.ToString(),
            B = action.B,
            Result = MessageCatalog.HasResult(action.Message) ? ((AgentResult)action.A).ToString() : "",
            Ping = Config.Ping is { } ping && action.B >= 0 && action.B < ping.Targets.Count ? ping.Targets[(int)action.B].Name : "",
            A = action.A,
        };
        return MessageCatalog.Format(action.Message, fields);
    }

    private void Trace(string who, string what) =>
        _trace?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{NowNs / 1e9:0.000000} {who} {what}"));
}
