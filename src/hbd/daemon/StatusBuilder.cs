using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Daemon.Control;
using Hbd.Daemon.Media;
using Hbd.Daemon.Ping;

namespace Hbd.Daemon;

/// <summary>Fills a <see cref="StatusDocument"/> from the state of one moment. Made per request; may allocate.</summary>
internal sealed class StatusBuilder
{
    private readonly ClusterConfig _config;
    private readonly int _self;
    private readonly EventLoop _loop;
    private readonly PeerTracker _peer;
    private readonly Instant _now;

    public StatusBuilder(ClusterConfig config, int self, EventLoop loop)
    {
        _config = config;
        _self = self;
        _loop = loop;
        _peer = loop.Core.Peer;
        _now = new Instant(loop.NowNs);
    }

    public static string Version { get; } =
        typeof(StatusBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";

    public StatusDocument Build() => new()
    {
        Version = Version,
        Cluster = _config.Cluster,
        Generation = _loop.Core.Generation,
        ConfigDigest = _config.Digest.ToString("x16", CultureInfo.InvariantCulture),
        UptimeS = Seconds(_now - new Instant(_loop.StartedNs)),
        Node = Node(),
        Peer = Peer(),
        Links = Enumerable.Range(0, _config.Media.Count).Select(Link).ToList(),
        FramesRefused = Refused(v => _loop.Refused.Sum(r => r[v]), Enumerable.Range(0, _config.Media.Count).Sum(i => _loop.Media[i].Counters.ReceivedTooLong)),
        Groups = _loop.Core.Resources.Groups.Select(Group).ToList(),
        Ping = PingText.Status(_config.Ping, _loop.Core.Ping, _now),
        Stonith = _loop.Devices(),
        Watchdog = _loop.WatchdogState,
        SelfFence = _loop.SelfFence,
        SplitBrain = SplitBrain(),
        Witness = _loop.WitnessState(),
        AddressLease = _loop.LeaseState,
        Renewal = _loop.Renewed,
        Loop = Loop(),
        Changes = _loop.Changes(),
        Counters = _loop.Counters(),
    };

    private NodeStatus Node() => new()
    {
        Name = _config.Nodes[_self],
        State = NodeWord(_loop.Core),
        Maintenance = _loop.NodeMode(_self),
    };

    /// <summary>What this node says of itself.</summary>
    public static string NodeWord(ClusterCore core) =>
        core.Fenced ? "fenced" : core.Resources.Leaving ? "leaving" : core.Peer.State == NodeState.Init ? "init" : "up";

    private SplitBrainStatus SplitBrain() => new()
    {
        Policy = Words.Of(_config.SplitBrain),
        InForce = _loop.Core.Resources.InForce != Hbd.Core.Config.SplitBrain.Ignore,
        ThirdVoteLost = _loop.Core.Votes.Lost,
    };

    private PeerStatus Peer() => new()
    {
        Name = _config.Nodes[1 - _self],
        State = Words.Of(_peer.State),
        SinceS = Seconds(_now - _peer.Since),
        Generation = _peer.Generation,
        LastHeardMs = _peer.Heard == default ? null : Milliseconds(_now - _peer.Heard),
        HearsUs = (_peer.Flags & PacketFlags.HearsPeer) != 0,
        ConfigMatches = _peer.DigestKnown ? _peer.Digest == _config.Digest : null,
        Maintenance = _loop.NodeMode(1 - _self),
    };

    private LinkStatus Link(int link)
    {
        IMedium medium = _loop.Media[link];
        Instant heard = _peer.LinkHeard(link);
        return new LinkStatus
        {
            Name = medium.Name,
            Kind = medium.Name.Split(' ')[0],
            State = LinkWord(medium, link, heard),
            Problem = medium.Problem,
            LastHeardMs = heard == default ? null : Milliseconds(_now - heard),
            FramesSent = medium.Counters.FramesSent,
            FramesReceived = medium.Counters.FramesReceived,
            SendsDropped = medium.Counters.SendsDropped,
            SendErrors = medium.Counters.SendErrors,
            ReceivedNoise = medium.Counters.ReceivedNoise,
            Reopened = medium.Counters.Reopened,
            FramesRefused = Refused(v => _loop.Refused[link][v], medium.Counters.ReceivedTooLong),
        };
    }

    private string LinkWord(IMedium medium, int link, Instant heard)
    {
        if (!medium.IsOpen)
        {
            return "closed";
        }

        return _peer.Link(link) switch
        {
            LinkState.Init => "init",
            LinkState.Dead => "dead",
            _ => _now - heard > _config.Warntime ? "late" : "up",
        };
    }

    /// <param name="cut">Frames that did not fit the buffer and never reached the decoder.</param>
    private static RefusedCounts Refused(Func<FrameVerdict, long> count, long cut) => new()
    {
        TooShort = count(FrameVerdict.TooShort),
        TooLong = count(FrameVerdict.TooLong) + cut,
        BadMagic = count(FrameVerdict.BadMagic),
        BadVersion = count(FrameVerdict.BadVersion),
        WrongCluster = count(FrameVerdict.WrongCluster),
        UnknownSender = count(FrameVerdict.UnknownSender),
        OwnFrame = count(FrameVerdict.OwnFrame),
        UnknownKey = count(FrameVerdict.UnknownKey),
        BadMac = count(FrameVerdict.BadMac),
        Malformed = count(FrameVerdict.Malformed),
        Replayed = count(FrameVerdict.Replayed),
        StaleGeneration = count(FrameVerdict.StaleGeneration),
        Unproven = count(FrameVerdict.Unproven),
    };

    private GroupStatus Group(GroupRun group)
    {
        GroupConfig config = _config.Groups[group.Index];
        return new GroupStatus
        {
            Name = config.Name,
            Preferred = _config.Nodes[group.Preferred],
            Owner = group.Epoch == 0 ? null : _config.Nodes[group.Owner],
            Epoch = group.Epoch,
            State = Overall(group),
            Here = Words.Of(group.Local),
            PeerView = PeerView(group),
            Reason = ReasonWithModes(group),
            Maintenance = _loop.GroupMode(group),
            Held = group.WasHeld,
            Move = _loop.MoveOf(group),
            LeaseLeftMs = _loop.PermitMs(group, lease: true),
            PermitLeftMs = _loop.PermitMs(group, lease: false),
            Resources = config.Resources.Select((r, i) => new ResourceStatus
            {
                Name = r.Name,
                State = Words.Of(group.Resources[i]),
                Failures = group.Resources[i].Failures,
                Degraded = group.Resources[i].Degraded,
                LastResult = _loop.Reasons.ResultOf(group.Index, i),
                Score = r.Mode == ResourceMode.Promotable ? ScoreOf(group.Resources[i].Instance!) : null,
                Reason = _loop.Core.Resources.AwaitsWordToStart(group, group.Resources[i]) ? "waits for the peer's word"
                    : _loop.Reasons.Of(group.Index, i) is { Length: > 0 } reason ? reason : null,
            }).ToList(),
        };
    }

    /// <summary>One that is missing where there was one forbids, as -1 does.</summary>
    private static int? ScoreOf(InstanceRun instance) => instance.Score ?? (instance.IsForbidden ? -1 : null);

    private string Overall(GroupRun group)
    {
        if (group.WaitsForProof || _loop.Core.Resources.WaitsForUnfencing(group))
        {
            return Words.Of(LocalState.Blocked);
        }

        if (group.Owner == _self || group.Local is LocalState.Blocked)
        {
            return Words.Of(group.Local);
        }

        return group.PeerKnown ? Words.Of(group.Peer.Local) : "unknown";
    }

    private PeerGroupView? PeerView(GroupRun group) => !group.PeerKnown ? null : new PeerGroupView
    {
        Owner = group.Peer.Epoch == 0 ? null : _config.Nodes[_loop.Core.Resources.OwnerFromWire(group.Peer.Owner)],
        Epoch = group.Peer.Epoch,
        State = Words.Of(group.Peer.Local),
    };

    /// <summary>In maintenance that is the reason; a move is one besides.</summary>
    private string ReasonWithModes(GroupRun group)
    {
        if (group.WasHeld)
        {
            ModeStatus? mode = _loop.GroupMode(group) ?? _loop.NodeMode(_self) ?? _loop.NodeMode(1 - _self);
            string dead = _peer.State == NodeState.Dead && group.Owner != _self ? "; " + _config.Nodes[1 - _self] + " is dead, and it stays where it was" : "";
            return "in maintenance" + Left(mode) + dead + "; hbctl maintenance off";
        }

        if (group.WaitsForProof && group.Require == Require.Fence && _loop.Core.Resources.SparesPeer)
        {
            return "waiting: " + _config.Nodes[1 - _self] + " or a group there is in maintenance, so it is not fenced";
        }

        string reason = Reason(group);
        return _loop.MoveOf(group) is { } move ? "kept on " + move.Node + " by hbctl move" + Left(move) + "; " + reason : reason;
    }

    private static string Left(ModeStatus? mode) => mode?.LeftS is { } left
        ? ", " + Hbd.Daemon.Cli.StatusView.Span(left) + " left" : "";

    /// <summary>Why it is where it is, or what it waits for.</summary>
    private string Reason(GroupRun group)
    {
        string peer = _config.Nodes[1 - _self];
        if (_loop.Core.Fenced)
        {
            return "this node has fenced itself";
        }

        if (_loop.Core.Resources.InForce != Hbd.Core.Config.SplitBrain.Ignore && group.Local != LocalState.Running)
        {
            return "not started: " + peer + " is dead and every third vote is lost (split_brain = " + Words.Of(_config.SplitBrain) + ")";
        }

        if (_loop.Core.Resources.WaitsForUnfencing(group))
        {
            return "waiting until a fence device has let this node in again (its \"on\")" + UnfencingWords();
        }

        if (group.WaitsForProof)
        {
            return group.Require switch
            {
                Require.Ping => "waiting for an answer of a ping node: without one this node may be the one that is cut off",
                Require.Witness => WitnessWords(group, peer),
                _ => "waiting for the proof that " + peer + " does not run it; fencing: " + FencingWords(),
            };
        }

        if (group.Owner != _self)
        {
            return group.GivenFor is { } scores && _config.Ping is { } ping ? PingText.Given(ping, peer, scores)
                : group.Requests ? "asked " + peer + " for it"
                : group.Local == LocalState.Failed ? RefusedHere(group)
                : _peer.State == NodeState.Init ? Waiting(peer)
                : group.Away ? "moved to " + peer + " on purpose; hbctl failback brings it home"
                : peer + " owns it";
        }

        return group.Local switch
        {
            LocalState.Running when group.Preferred == _self => "runs at home",
            LocalState.Running => "runs here; prefers " + _config.Nodes[group.Preferred],
            LocalState.Failed when group.Broken => "its configuration is wrong for every node; hbctl cleanup after mending it",
            LocalState.Failed => RefusedHere(group) + ", and " + peer + " does not take it",
            LocalState.Stopping or LocalState.Starting when group.RestartFrom != GroupRun.NoRestart => "what failed is being restarted in place",
            LocalState.Blocked => "a stop failed here; tried again after growing pauses, and at once on any command",
            LocalState.Stopping when group.Giving => "being given to " + peer,
            LocalState.Stopped or LocalState.Found when _peer.State is NodeState.Init or NodeState.Up => Waiting(peer),
            LocalState.Stopped or LocalState.Found => "waiting until " + peer + " has let go of it",
            _ => "",
        };
    }

    private static string RefusedHere(GroupRun group) => group.Excluded
        ? "refused here until hbctl cleanup"
        : "failed here; tried again after failure_timeout or hbctl cleanup";

    private string WitnessWords(GroupRun group, string peer)
    {
        if (_loop.PermitMs(group, lease: true) is null)
        {
            return _loop.Core.Witness.IsLost(_now)
                ? "waiting for the witness, which does not answer"
                : "waiting for the witness to grant the lease that " + peer + " may still have";
        }

        Duration left = _loop.Core.PeerPermitEnds - _now;
        return left > Duration.Zero
            ? "the witness has granted it; waiting " + (left.Nanoseconds / 1e9).ToString("0.0", CultureInfo.InvariantCulture)
                + " s until " + peer + " must have stopped"
            : "waiting for the witness to renew the lease";
    }

    private string UnfencingWords()
    {
        int failures = _loop.Core.Unfencing.Failures;
        return failures == 0 ? "" : ", failed " + failures.ToString(CultureInfo.InvariantCulture) + " times, tried again: " + _loop.UnfenceText;
    }

    private string FencingWords()
    {
        FenceTracker fencing = _loop.Core.Fencing;
        string failures = fencing.Failures.ToString(CultureInfo.InvariantCulture);
        return fencing.State switch
        {
            FenceState.Requested when fencing.Failures > 0 => "under way, failed " + failures + " times before",
            FenceState.Requested => "under way",
            FenceState.Waiting => "failed " + failures + " times, tried again every 5 seconds",
            _ => "not asked for",
        };
    }

    private string Waiting(string peer) => _peer.State == NodeState.Up
        ? "waiting until " + peer + " hears this node"
        : "waiting for " + peer + ", at most initdead (" + _config.Initdead.ToString() + ") after the start";

    private LoopStatus Loop()
    {
        LoopMonitor monitor = _loop.Monitor;
        return new LoopStatus
        {
            Turns = monitor.Turns,
            SteadyTurns = monitor.SteadyTurns,
            LateMaxUs = monitor.LateMaxNs / 1e3,
            TurnMaxUs = monitor.TurnMaxNs / 1e3,
            AllocatedBytes = monitor.SteadyBytes,
            Collections = LoopMonitor.Collections,
            RealTime = _loop.RealTime,
            MemoryLocked = _loop.MemoryLocked,
        };
    }

    private static double Seconds(Duration d) => Math.Round(d.Nanoseconds / 1e9, 3);

    private static double Milliseconds(Duration d) => Math.Round(d.Nanoseconds / 1e6, 3);
}
