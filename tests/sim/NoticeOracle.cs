using System;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Membership;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <summary>
/// What the agents of promotable resources with notify are told on both nodes, by what the agents themselves see: N1 to N5 of doc/simulator.md.
/// Whether a step is calm, and since when each node could be told, is looked up in the cores; what was told is not.
/// </summary>
/// <param name="violate">Called with the rule and what broke it.</param>
internal sealed class NoticeOracle(SimWorld world, Action<string> violate)
{
    private const int Operations = 4;

    /// <summary>So many keepalives a frame may be late, in a cable and in the socket of a daemon that stands still.</summary>
    private const int Rest = 40;
    private readonly Listener[][] _nodes = [New(world), New(world)];
    private long _togetherNs = long.MaxValue;

    /// <summary>An action of a promotable resource begins.</summary>
    public void Begins(int node, in ClusterAction action)
    {
        if (!IsTold(action))
        {
            return;
        }

        if (action.Agent == AgentAction.Notify)
        {
            Told(node, action.Group, action.Notice);
        }
        else if (Index(action.Agent) >= 0)
        {
            Operates(node, action.Group, action.Agent);
        }
    }

    /// <summary>It has ended, or was killed because nobody waited for it.</summary>
    public void Ends(int node, in ClusterAction action, AgentResult result)
    {
        if (!IsTold(action))
        {
            return;
        }

        Listener own = _nodes[node][action.Group];
        if (action.Agent == AgentAction.Notify)
        {
            HasHeard(own, action.Notice);
        }
        else if (Index(action.Agent) is var done and >= 0
            && (result == AgentResult.Ok || (result == AgentResult.NotRunning && action.Agent == AgentAction.Demote)))
        {
            own.Did(done, world.NowNs);
            own.LastDone = action.Agent;
            if (own.DemoteFailed && action.Agent == AgentAction.Stop)
            {
                own.Did(Index(AgentAction.Demote), world.NowNs);
            }

            own.DemoteFailed = false;
        }
        else if (action.Agent == AgentAction.Demote)
        {
            own.DemoteFailed = true;
        }
    }

    /// <summary>An action is killed because nobody waits for it: a notification in a hurry counts as heard.</summary>
    public void Cancelled(int node, in ClusterAction action)
    {
        if (IsTold(action) && _nodes[node][action.Group] is { Telling: { } notice } listener)
        {
            HasHeard(listener, notice);
        }
    }

    public void Observe()
    {
        bool together = Core(0)?.Peer.State == NodeState.Active && Core(1)?.Peer.State == NodeState.Active;
        _togetherNs = !together ? long.MaxValue : Math.Min(_togetherNs, world.NowNs);
        for (int node = 0; node < 2; node++)
        {
            for (int group = 0; group < _nodes[node].Length; group++)
            {
                Listener listener = _nodes[node][group];
                listener.HearsNs = CanHear(node, group) ? Math.Min(listener.HearsNs, world.NowNs) : long.MaxValue;
                AgentAction? announced = Instance(node, group)?.Announced;
                listener.AnnouncedNs = announced is null ? long.MaxValue
                    : announced == listener.Announced ? Math.Min(listener.AnnouncedNs, world.NowNs) : world.NowNs;
                listener.Announced = announced;
                listener.DeafNs = Exchange(node, group) is { Deaf: true } ? world.NowNs : listener.DeafNs;
                listener.BusyNs = Exchange(node, group) is { IsIdle: false } ? world.NowNs : listener.BusyNs;
            }
        }

        for (int group = 0; group < _nodes[0].Length; group++)
        {
            NoteDerived(0, group);
            NoteDerived(1, group);
            Resync(0, group, _nodes[0][group]);
            Resync(1, group, _nodes[1][group]);
        }
    }

    /// <summary>
    /// With nothing left to tell, an agent has heard of everything it will hear of; what is not told it by then is told never.
    /// </summary>
    private void Resync(int node, int group, Listener listener)
    {
        if (Instance(node, group) is not { } instance || instance.HasNotices)
        {
            return;
        }

        Array.Copy(listener.DoneCount, listener.OwnPost, Operations);
        listener.OwnPost[0] -= Looks(node, group);
        if (world.NowNs - _nodes[1 - node][group].BusyNs > (world.Options.Keepalive * Rest).Nanoseconds && Exchange(node, group) is { Incoming: null })
        {
            Array.Copy(_nodes[1 - node][group].DoneCount, listener.PeerPost, Operations);
            listener.PeerPost[0] -= Looks(1 - node, group);
        }
    }

    /// <summary>That the peer was promoted out of its sight is told an agent once, by its own node.</summary>
    private void NoteDerived(int node, int group)
    {
        Listener listener = _nodes[node][group];
        bool derived = Instance(node, group) is { Derived: true };
        listener.PeerPost[Index(AgentAction.Promote)] -= derived && !listener.Derived ? 1 : 0;
        listener.Derived = derived;
    }

    /// <summary>A start has ended, and is told when the look at it has.</summary>
    private int Looks(int node, int group) => Instance(node, group) is { State: ResourceState.Starting } ? 1 : 0;

    /// <summary>N4. At the end, when everything has been mended for long, nobody waits for anybody.</summary>
    public void CheckWhole()
    {
        for (int node = 0; node < 2; node++)
        {
            for (int group = 0; group < _nodes[node].Length; group++)
            {
                if (Exchange(node, group) is { } exchange && (exchange.Waits || Instance(node, group) is { OwesPeer: true }))
                {
                    violate($"N4: {SimWorld.Name(node)} still has something to tell about g{group} at the end");
                }
            }
        }
    }

    /// <summary>N2: what an agent is told as done was done, and was not told before. N5: of a promotion of the peer it was told before it, too.</summary>
    private void Told(int node, int group, Notice notice)
    {
        int at = Index(notice.Operation);
        world.Say(node, $"the agent of g{group} is told: {Text(notice)}");
        Listener about = _nodes[notice.Peer ? 1 - node : node][group];
        long[] post = notice.Peer ? _nodes[node][group].PeerPost : _nodes[node][group].OwnPost;
        NoteDerived(node, group);
        post[at] += notice.Post ? 1 : 0;
        if (notice.Post && post[at] > about.DoneCount[at])
        {
            violate($"N2: the agent of g{group} on {SimWorld.Name(node)} is told {Text(notice)} again, or before it was done: "
                + $"told {post[at]} times, done {about.DoneCount[at]} times");
        }

        Listener own = _nodes[node][group];
        own.Telling = notice;
        if (notice is not { Peer: true, Operation: AgentAction.Promote })
        {
            return;
        }

        if (notice.Post && !own.Expects)
        {
            violate($"N5: the agent of g{group} on {SimWorld.Name(node)} is told that the peer is promoted, and was not told that it would be");
        }

        own.Expects = !notice.Post;
    }

    private void HasHeard(Listener listener, Notice notice)
    {
        long[] heard = notice.Post ? (notice.Peer ? listener.PeerPostNs : listener.OwnPostNs) : notice.Peer ? listener.PeerPreNs : listener.OwnPreNs;
        heard[Index(notice.Operation)] = world.NowNs;
        listener.Telling = null;
    }

    private void Operates(int node, int group, AgentAction operation)
    {
        Listener own = _nodes[node][group];
        Listener peer = _nodes[1 - node][group];
        own.Expects &= operation != AgentAction.Start;
        GroupRun run = Core(node)!.Resources.Groups[group];
        bool calm = !run.Urgent && !run.WasHeld && !Core(node)!.Fenced;
        long announced = own.Announced == operation ? own.AnnouncedNs : world.NowNs;
        bool together = _togetherNs < long.MaxValue && Core(node)!.Peer.State == NodeState.Active;
        bool waits = calm && together && own.DeafNs < world.NowNs && Exchange(node, group) is { Deaf: false };
        if (waits && HeardSince(peer, announced) && peer.PeerPreNs[Index(operation)] < announced)
        {
            violate($"N1: {SimWorld.Name(node)} begins to {operation} g{group} before the agent of {SimWorld.Name(1 - node)} has heard of it");
        }

        if (calm && own.HearsNs < announced && operation != AgentAction.Start && own.OwnPreNs[Index(operation)] < announced)
        {
            violate($"N1: {SimWorld.Name(node)} begins to {operation} g{group} before its own agent has heard of it");
        }

        long done = own.LastDone is { } last ? own.DoneNs[Index(last)] : -1;
        bool whole = own.LastDone is not null && (own.LastDone != AgentAction.Start || own.OwnPostNs[Index(AgentAction.Start)] >= done);
        if (waits && whole && own.DeafNs < done && HeardSince(peer, done) && peer.PeerPostNs[Index(own.LastDone!.Value)] < done)
        {
            violate($"N2: {SimWorld.Name(node)} begins to {operation} g{group} before {SimWorld.Name(1 - node)} has heard of its last {own.LastDone}");
        }

        if (operation == AgentAction.Promote)
        {
            long demoted = peer.DoneNs[Index(AgentAction.Demote)];
            bool heard = peer.CalmDemote && together && HeardSince(own, demoted) && peer.DeafNs < demoted && demoted >= 0;
            if (calm && heard && own.PeerPostNs[Index(AgentAction.Demote)] < demoted)
            {
                violate($"N3: {SimWorld.Name(node)} promotes g{group} before its agent has heard of the demotion of {SimWorld.Name(1 - node)}");
            }
        }

        own.CalmDemote = operation == AgentAction.Demote ? calm : own.CalmDemote;
        own.OwnPreNs[Index(operation)] = peer.PeerPreNs[Index(operation)] = -1;
    }

    /// <summary>Both were in touch, and the agent could be told, since before that moment.</summary>
    private bool HeardSince(Listener listener, long since) => _togetherNs < since && listener.HearsNs < since;

    private bool CanHear(int node, int group) => Core(node) is { Fenced: false } core && Instance(node, group) is { State: ResourceState.Running }
        && core.Resources.Groups[group] is { WasHeld: false, Looking: false };

    private bool IsTold(in ClusterAction action) => world.Config.Groups[action.Group].Resources[action.Resource] is { Mode: ResourceMode.Promotable, Notify: true };

    private ClusterCore? Core(int node) => world.Nodes[node].Core;

    private ResourceRun? Resource(int node, int group) => Core(node) is { } core ? Array.Find(core.Resources.Groups[group].Resources, r => r.Notices is not null) : null;

    private InstanceRun? Instance(int node, int group) => Resource(node, group)?.Instance;

    private NoticeExchange? Exchange(int node, int group) => Resource(node, group)?.Notices;

    private static int Index(AgentAction operation) => operation switch
    {
        AgentAction.Start => 0,
        AgentAction.Stop => 1,
        AgentAction.Promote => 2,
        AgentAction.Demote => 3,
        _ => -1,
    };

    private static string Text(Notice notice) => (notice.Post ? "post-" : "pre-") + notice.Operation.ToString().ToLowerInvariant() + (notice.Peer ? " of the peer" : "");

    private static Listener[] New(SimWorld world)
    {
        Listener[] listeners = new Listener[world.Config.Groups.Count];
        for (int i = 0; i < listeners.Length; i++)
        {
            listeners[i] = new Listener();
        }

        return listeners;
    }

    /// <summary>The agent of one group on one node: what it does, and what it was told. Arrays by operation; -1: never.</summary>
    private sealed class Listener
    {
        /// <summary>When its operations ended well.</summary>
        public long[] DoneNs { get; } = Never();

        public AgentAction? LastDone { get; set; }

        /// <summary>What comes next is a stop, which demotes too.</summary>
        public bool DemoteFailed { get; set; }

        public Notice? Telling { get; set; }

        public bool Derived { get; set; }

        /// <summary>It was told that the peer is to be promoted, and not yet that it is.</summary>
        public bool Expects { get; set; }

        /// <summary>When its node last had something to tell the other.</summary>
        public long BusyNs { get; set; }

        /// <summary>Its last demotion was announced.</summary>
        public bool CalmDemote { get; set; }

        /// <summary>When it had heard that its own operation, or the peer's, was about to begin.</summary>
        public long[] OwnPreNs { get; } = Never();

        public long[] PeerPreNs { get; } = Never();

        /// <summary>When it had heard last that its own operation, or the peer's, was done.</summary>
        public long[] OwnPostNs { get; } = Never();

        public long[] PeerPostNs { get; } = Never();

        /// <summary>How many of its operations ended well, and of how many of them, and of the peer's, it was told.</summary>
        public long[] DoneCount { get; } = new long[Operations];

        public long[] OwnPost { get; } = new long[Operations];

        public long[] PeerPost { get; } = new long[Operations];

        /// <summary>Since when it can be told; never: it cannot.</summary>
        public long HearsNs { get; set; } = long.MaxValue;

        public AgentAction? Announced { get; set; }

        public long AnnouncedNs { get; set; } = long.MaxValue;

        /// <summary>When its node last waited for nobody, because the other did not answer.</summary>
        public long DeafNs { get; set; } = -1;

        public void Did(int operation, long now)
        {
            DoneNs[operation] = now;
            DoneCount[operation]++;
        }

        private static long[] Never()
        {
            long[] at = new long[Operations];
            Array.Fill(at, -1);
            return at;
        }
    }
}
