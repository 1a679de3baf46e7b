using System.Collections.Generic;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Shims;

namespace Hbd.Daemon.Agents;

/// <summary>
/// Variables that Pacemaker gives the agents of promotable clones, with the old words and the new ones for the roles: agents ask for
/// either. Lists have a blank between their words; an empty one is a blank, as there.
/// </summary>
internal static class PairVariables
{
    private const string Meta = "OCF_RESKEY_CRM_meta_";

    public static void Add(List<string> variables, ResourceConfig resource, PairView view)
    {
        variables.Add(Meta + "clone=" + (view.Self == Lower(view) ? "0" : "1"));
        variables.Add(Meta + "clone_max=2");
        variables.Add(Meta + "clone_node_max=1");
        variables.Add(Meta + "master_max=1");
        variables.Add(Meta + "master_node_max=1");
        variables.Add(Meta + "promoted_max=1");
        variables.Add(Meta + "promoted_node_max=1");
        variables.Add(Meta + "promotable=true");
        variables.Add(Meta + "globally_unique=false");
        variables.Add(Meta + "interleave=true");
        variables.Add(Meta + "notify=" + (resource.Notify ? "true" : "false"));
        variables.Add(Meta + "role=" + (view.SelfPromoted ? "Promoted" : view.SelfRuns ? "Unpromoted" : "Stopped"));
        variables.Add(ShimContext.PeerVariable + "=" + (view.PeerHere ? "member" : "lost"));
        variables.Add(ShimContext.PromotedVariable + "=" + (view.Promoted ?? ""));
        variables.Add(ShimContext.RunsVariable + "=" + Words(view.SelfRuns ? view.Self : null, view.PeerRuns ? view.Peer : null));
        if (resource.Notify)
        {
            Notify(variables, resource.Name, view);
        }
    }

    private static void Notify(List<string> variables, string name, PairView view)
    {
        (bool self, bool peer) promoted = (view.SelfPromoted, view.PeerPromoted);
        (bool self, bool peer) runs = (view.SelfRuns, view.PeerRuns);
        if (view.Notice is { } notice)
        {
            variables.Add(Meta + "notify_type=" + (notice.Post ? "post" : "pre"));
            variables.Add(Meta + "notify_operation=" + Operation(notice));

            // Lists show the state before the operation, in both calls; what changes stands in the list of the operation.
            bool was = notice.Operation == AgentAction.Demote;
            bool ran = notice.Operation != AgentAction.Start;
            promoted = notice.Peer ? (promoted.self, was) : (was, promoted.peer);
            runs = notice.Peer ? (runs.self, ran) : (ran, runs.peer);
        }

        List(variables, name, view, "promoted", promoted.self, promoted.peer);
        List(variables, name, view, "master", promoted.self, promoted.peer);
        List(variables, name, view, "unpromoted", runs.self && !promoted.self, runs.peer && !promoted.peer);
        List(variables, name, view, "slave", runs.self && !promoted.self, runs.peer && !promoted.peer);
        List(variables, name, view, "active", runs.self, runs.peer);
        List(variables, name, view, "inactive", !runs.self, !runs.peer);
        foreach (AgentAction operation in (AgentAction[])[AgentAction.Start, AgentAction.Stop, AgentAction.Promote, AgentAction.Demote])
        {
            bool about = view.Notice is { } told && told.Operation == operation;
            List(variables, name, view, Verb(operation), about && !view.Notice!.Value.Peer, about && view.Notice!.Value.Peer);
        }

        variables.Add(Meta + "notify_available_uname=" + Words(view.Self, view.PeerHere ? view.Peer : null));
        variables.Add(Meta + "notify_all_uname=" + view.Self + " " + view.Peer);
    }

    private static void List(List<string> variables, string name, PairView view, string what, bool self, bool peer)
    {
        variables.Add(Meta + "notify_" + what + "_resource=" + Words(self ? name : null, peer ? name : null));
        variables.Add(Meta + "notify_" + what + "_uname=" + Words(self ? view.Self : null, peer ? view.Peer : null));
    }

    private static string Words(string? self, string? peer) => self is null ? peer ?? " " : peer is null ? self : self + " " + peer;

    private static string Lower(PairView view) => string.CompareOrdinal(view.Self, view.Peer) < 0 ? view.Self : view.Peer;

    private static string Operation(Notice notice) => Verb(notice.Operation);

    private static string Verb(AgentAction action) => action switch
    {
        AgentAction.Start => "start",
        AgentAction.Stop => "stop",
        AgentAction.Promote => "promote",
        _ => "demote",
    };
}
