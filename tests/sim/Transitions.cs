using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;
using Hbd.Core.Resources;

namespace Hbd.Sim;

/// <summary>What can become of a token, as a node sees it.</summary>
internal enum TokenMove
{
    None,

    /// <summary>The first start of a group that nobody had owned.</summary>
    Claim,

    /// <summary>From a peer that is dead or has left.</summary>
    Take,

    /// <summary>To the peer, in good order.</summary>
    Pass,

    /// <summary>From the peer, in good order.</summary>
    Receive,

    /// <summary>The peer has taken it.</summary>
    Yield,
    TieWon,
    TieLost,

    /// <summary>The peer tells of a change that did not concern this node.</summary>
    News,
}

/// <summary>
/// Which state became which other in one step, and by what. Looks at the core from outside, before and after each step, so that
/// the product pays nothing for it. What <see cref="TransitionTable"/> does not allow is a violation of rule T.
/// </summary>
internal sealed class Transitions
{
    public const int Reasons = (int)ClusterEventKind.AttributeSet + 1;
    private readonly Dictionary<Transition, long> _counts = [];
    private readonly List<(LocalState Local, uint Epoch, int Owner)> _groups = [];
    private readonly List<LinkState> _links = [];
    private NodeState _peer;
    private FenceState _fence;

    /// <summary>The coverage run collects what is not allowed instead of stopping at the first.</summary>
    public static bool OnlyCollects { get; set; }

    public IReadOnlyDictionary<Transition, long> Counts => _counts;

    /// <summary>Steps of both cores.</summary>
    public long Steps { get; private set; }

    public void Before(ClusterCore core)
    {
        Steps++;
        _peer = core.Peer.State;
        _fence = core.Fencing.State;
        _links.Clear();
        for (int link = 0; link < core.Config.Media.Count; link++)
        {
            _links.Add(core.Peer.Link(link));
        }

        _groups.Clear();
        foreach (GroupRun group in core.Resources.Groups)
        {
            _groups.Add((group.Local, group.Epoch, group.Owner));
        }
    }

    /// <summary>Counts what one step has changed.</summary>
    public void After(ClusterCore core, ClusterEventKind by, ActionList actions)
    {
        Note("node", (int)_peer, (int)core.Peer.State, by);
        Note("fence", (int)_fence, (int)core.Fencing.State, by);
        for (int link = 0; link < _links.Count; link++)
        {
            Note("link", (int)_links[link], (int)core.Peer.Link(link), by);
        }

        for (int group = 0; group < _groups.Count; group++)
        {
            Note("group", (int)_groups[group].Local, (int)core.Resources.Groups[group].Local, by);
        }

        foreach (ClusterAction action in actions.Items)
        {
            if (action.Kind == ClusterActionKind.Log && action.Group >= 0)
            {
                Note("token", 0, (int)Move(core.Self, by, action), by);
            }
        }
    }

    public void AddTo(Dictionary<Transition, long> total)
    {
        foreach ((Transition transition, long count) in _counts)
        {
            total[transition] = total.GetValueOrDefault(transition) + count;
        }
    }

    /// <summary>What a message says of the token; later messages of one step begin where the earlier ones ended.</summary>
    private TokenMove Move(int self, ClusterEventKind by, in ClusterAction action)
    {
        (LocalState local, uint epoch, int owner) = _groups[action.Group];
        bool mine = owner == self && (epoch > 0 || by != ClusterEventKind.PacketAccepted);
        bool tie = action.A == epoch;
        (TokenMove move, int next) = action.Message switch
        {
            MessageId.GroupStarting when epoch == 0 => (TokenMove.Claim, self),
            MessageId.GroupTakeover => (TokenMove.Take, self),
            MessageId.GroupReceived => (tie ? TokenMove.TieWon : TokenMove.Receive, self),
            MessageId.GroupTieWon => (TokenMove.TieWon, self),
            MessageId.GroupYield when mine => (tie ? TokenMove.TieLost : TokenMove.Yield, 1 - self),
            MessageId.GroupPassed => (mine ? TokenMove.Pass : TokenMove.News, 1 - self),
            _ => (TokenMove.None, owner),
        };
        _groups[action.Group] = (local, move == TokenMove.None ? epoch : (uint)action.A, next);
        return move;
    }

    private void Note(string table, int from, int to, ClusterEventKind by)
    {
        if (from == to)
        {
            return;
        }

        Transition transition = new(table, from, to, by);
        _counts[transition] = _counts.GetValueOrDefault(transition) + 1;
        if (!OnlyCollects && !TransitionTable.Allows(transition))
        {
            throw new OracleException("T: this transition is not in tests/sim/transitions.txt: " + transition);
        }
    }
}

/// <summary>One state of a table became another in a step made by such an event.</summary>
internal readonly record struct Transition(string Table, int From, int To, ClusterEventKind By)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Table} {TransitionTable.StateName(Table, From)} {TransitionTable.StateName(Table, To)}: {TransitionTable.ReasonNames[(int)By]}");
}
