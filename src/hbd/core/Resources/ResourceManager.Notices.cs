using System;
using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;
using Hbd.Core.Wire;

namespace Hbd.Core.Resources;

/// <content>
/// Notices cross between the nodes. Before a promotion, demotion, start or stop of an instance its own agent and the peer's are told, and
/// it begins when both have been; after it both are told as well, before the next one begins. So of two operations of one resource that do not
/// overlap every agent hears in their order, and a token is passed only when the peer has heard of the demotion. Of a promotion it has not heard
/// announced, because it was starting or nobody was in touch, an agent hears the announcement late.
///
/// What must go at once waits for nobody and is announced to nobody, and neither is what is finished in maintenance. Nobody waits for a peer that
/// is not in touch, does not tell notices itself, or has let one run into its bound: the timeout of the resource's monitor, which is
/// that of notify too, and a deadtime.
/// </content>
internal sealed partial class ResourceManager
{
    private GroupRun[] _tellingGroups = [];
    private ResourceRun[] _tellers = [];
    private bool _wasActive;
    private bool _peerHadItsSay;

    /// <summary>Promotable resources with notify.</summary>
    public ReadOnlySpan<ResourceRun> Tellers => _tellers;

    /// <summary>The peer says that it tells notices and hears them.</summary>
    private bool PeerTells => _peer.State is NodeState.Up or NodeState.Active && (_peer.Flags & PacketFlags.TellsNotices) != 0;

    private bool PeerAnswers => _peer.State == NodeState.Active && PeerTells && !_selfFence.IsFenced;

    /// <summary>Before the first step.</summary>
    public void NumberNotices(uint generation)
    {
        int count = 0;
        foreach (GroupRun group in _groups)
        {
            foreach (ResourceRun resource in group.Resources)
            {
                count += resource.Notices is null ? 0 : 1;
            }
        }

        _tellers = new ResourceRun[count];
        _tellingGroups = new GroupRun[count];
        foreach (GroupRun group in _groups)
        {
            foreach (ResourceRun resource in group.Resources)
            {
                if (resource.Notices is { } notices)
                {
                    notices.NumberFrom(generation);
                    count--;
                    _tellers[count] = resource;
                    _tellingGroups[count] = group;
                }
            }
        }
    }

    public static NoticeEntry NoticeOf(ResourceRun resource) => resource.Notices!.EntryOf(resource.WireId, resource.Instance!.State switch
    {
        ResourceState.Unknown => InstanceWord.Unknown,
        ResourceState.Stopped or ResourceState.Starting => InstanceWord.NotRunning,
        _ => resource.State is ResourceState.Running or ResourceState.Stopping ? InstanceWord.Promoted : InstanceWord.Running,
    });

    /// <summary>What the peer says of its instances counts in a frame that says that it hears this start.</summary>
    private void LearnNotices(Packet packet)
    {
        bool hears = (packet.Flags & PacketFlags.HearsPeer) != 0;
        for (int i = 0; i < packet.Notices.Length && hears; i++)
        {
            ref readonly NoticeEntry entry = ref packet.Notices[i];
            foreach (ResourceRun resource in _tellers)
            {
                if (resource.WireId == entry.Id)
                {
                    Changed |= resource.Notices!.Learn(entry);
                    break;
                }
            }
        }
    }

    private void ForgetNotices()
    {
        foreach (ResourceRun resource in _tellers)
        {
            resource.Notices!.Forget();
            resource.Instance!.ForgetPeer();
        }
    }

    /// <summary>The beginning of every turn: who has lost us, what has had its time, what is to be told here.</summary>
    private void BeginNotices(Instant now, ActionList actions)
    {
        bool active = _peer.State == NodeState.Active;
        Instant until = _peer.Since + _scoreWait;
        _peerHadItsSay = active && now >= until;
        for (int i = 0; i < _tellers.Length; i++)
        {
            ResourceRun resource = _tellers[i];
            NoticeExchange notices = resource.Notices!;
            if (_wasActive && !active)
            {
                notices.Drop();
                resource.Instance!.PeerTold = false;
            }

            if (active && !notices.PeerKnown && !_peerHadItsSay)
            {
                _deadlines.Set(TimerKind.PeerScore, until);
            }

            // What waits in the sockets of a node that was away is read first.
            if (now >= notices.Until && !Waking && notices.GiveUp())
            {
                actions.Add(new ClusterAction
                {
                    Kind = ClusterActionKind.Log,
                    Message = MessageId.NoticeGivenUp,
                    Group = _tellingGroups[i].Index,
                    Resource = Array.IndexOf(_tellingGroups[i].Resources, resource),
                    A = BoundOf(resource).Nanoseconds,
                });
            }

            TakeIncoming(_tellingGroups[i], resource);
        }

        _wasActive = active;
    }

    /// <summary>The end of every turn: what goes to the peer next, and what it may take as done.</summary>
    private void EndNotices(Instant now)
    {
        Instant next = Instant.Never;
        for (int i = 0; i < _tellers.Length; i++)
        {
            ResourceRun resource = _tellers[i];
            InstanceRun instance = resource.Instance!;
            NoticeExchange notices = resource.Notices!;
            if (_tellingGroups[i].WasHeld || _tellingGroups[i].Looking)
            {
                instance.ForgetNotices();
            }

            bool busy = notices.Incoming is not null || (instance.State == ResourceState.Running && instance.OwesPeer);
            Changed |= !busy && notices.Answer();
            Changed |= _peer.State == NodeState.Active && notices.Send(now + BoundOf(resource));
            next = notices.Until < next ? notices.Until : next;
        }

        if (_tellers.Length > 0)
        {
            _deadlines.Set(TimerKind.Notice, next);
        }
    }

    private Duration BoundOf(ResourceRun resource) => resource.Config.MonitorTimeout + _deadtime;

    /// <summary>
    /// An instance that is only starting takes what has happened with it into its running, and nobody waits for that; one that was not looked
    /// at yet may run.
    /// </summary>
    private static void TakeIncoming(GroupRun group, ResourceRun resource)
    {
        InstanceRun instance = resource.Instance!;
        bool held = group.WasHeld || group.Looking;
        if (resource.Notices!.Incoming is not { } notice || (instance.State == ResourceState.Unknown && !held))
        {
            return;
        }

        bool hears = instance.State == ResourceState.Running || (instance.State == ResourceState.Starting && notice.Post);
        instance.TellOfPeer(notice, hears && !held);
        resource.Notices.Take();
    }

    private void TellPeer(ResourceRun resource, Notice notice)
    {
        if (resource.Notices is { } notices && PeerTells && !_selfFence.IsFenced)
        {
            notices.Tell(notice);
        }
    }

    private void TellBoth(ResourceRun resource, AgentAction done)
    {
        Tell(resource, new Notice(Post: true, done, Peer: false));
        TellPeer(resource, new Notice(Post: true, done, Peer: false));
    }

    /// <summary>Announces an operation of an instance; true when it may begin.</summary>
    private bool MayBegin(GroupRun group, ResourceRun resource, AgentAction operation)
    {
        InstanceRun instance = resource.Instance!;
        bool calm = !group.Urgent && !group.WasHeld && !_selfFence.IsFenced;
        if (resource.Notices is not { } notices || !calm)
        {
            return true;
        }

        if (instance.Announced != operation)
        {
            instance.Withdraw();
            instance.Announced = operation;
            instance.PeerTold = false;
            Tell(resource, new Notice(Post: false, operation, Peer: false));
        }

        // A peer that comes into touch while the own agent is still being told hears of it too.
        if (!instance.PeerTold && PeerAnswers)
        {
            instance.PeerTold = true;
            notices.Tell(new Notice(Post: false, operation, Peer: false));
        }

        bool toldHere = instance.State != ResourceState.Running || !instance.HasNotices;
        return toldHere && !Awaits(resource);
    }

    /// <summary>What was announced and is not to happen any more will be announced anew when it is.</summary>
    private static void Recall(GroupRun group, ResourceRun resource, bool leaves)
    {
        InstanceRun instance = resource.Instance!;
        bool stands = instance.Announced switch
        {
            AgentAction.Promote => group.Local == LocalState.Starting,
            AgentAction.Demote => group.Local == LocalState.Stopping,
            AgentAction.Start => instance is { State: ResourceState.Stopped, Refused: false } && !leaves,
            AgentAction.Stop => leaves || instance.Refused || instance.NeedsRestart || instance.Escalates,
            _ => true,
        };
        if (!stands)
        {
            instance.Withdraw();
        }
    }

    /// <summary>The peer has not heard everything of it that it should hear before something else begins.</summary>
    private bool Awaits(ResourceRun resource) => PeerAnswers && resource.Notices is { Waits: true };

    /// <summary>A token is passed when the peer has heard what became of the group here.</summary>
    private bool AwaitsPeer(GroupRun group)
    {
        bool awaits = false;
        foreach (ResourceRun resource in group.Resources)
        {
            awaits |= Awaits(resource);
        }

        return awaits && !group.WasHeld;
    }

    /// <summary>
    /// An instance with notify is started only beside a peer that is known: in touch and heard of, or gone. Some agents ask at the start where it
    /// is promoted, and forget their position in its data when it is nowhere. A peer that has not said a word of this one until initdead
    /// has no such resource, or does not notify it: it is judged by what it says of the group.
    /// </summary>
    private bool PeerIsJudged(GroupRun group, ResourceRun resource) => resource.Notices is not { } notices || _peer.State switch
    {
        NodeState.Active => group.PeerWordHolds && (!PeerTells || notices.Peer != InstanceWord.Unknown || (!notices.PeerKnown && _peerHadItsSay)),
        NodeState.Dead or NodeState.Left => true,
        _ => false,
    };

    /// <summary>It would be started, were the peer known.</summary>
    public bool AwaitsWordToStart(GroupRun group, ResourceRun resource) => resource.Instance is { State: ResourceState.Stopped, Refused: false }
        && resource.IsClear && !Leaving && !group.WasHeld && !PeerIsJudged(group, resource);

    /// <summary>The agents of instances that run hear what there is to tell, as soon as nothing but a look is under way.</summary>
    private void TellInstances(GroupRun group, ActionList actions)
    {
        for (int i = 0; i < group.Resources.Length && !_selfFence.IsFenced && !_departs; i++)
        {
            ResourceRun resource = group.Resources[i];
            bool hurries = group.Urgent && !resource.IsClear;
            if (resource.Instance is not { State: ResourceState.Running, HasNotices: true } instance || hurries)
            {
                continue;
            }

            if (!resource.Busy && instance.TryNotice(out Notice notice))
            {
                BeginStep(group, i, InstanceStep.Notify, notice, actions);
            }
            else if (instance.Step == InstanceStep.Monitor)
            {
                Cancel(group, i, actions);
            }
        }
    }

    /// <summary>
    /// The peer's word on a group shows that it has promoted or demoted. From a peer that tells notices this is asked only for what it could not
    /// tell: it promoted while this node was out of its sight, and the agent here was told last that it had not. Whoever is promoted itself hears
    /// that only when it is not any more: its agent could begin to replicate from the one that is about to yield.
    /// </summary>
    private void NotePeerRole(GroupRun group, in GroupEntry entry, bool first)
    {
        bool hears = (_peer.Flags & PacketFlags.HearsPeer) != 0;
        bool unseen = first || !group.PeerHeardUs;
        bool ran = !first && group.Peer.Local == LocalState.Running;
        bool wasUp = !first && !group.Peer.Local.IsClear();
        bool runs = entry.Local == LocalState.Running;
        group.PeerHeardUs = hears;
        for (int i = 0; i < group.Resources.Length && group.IsPromotable; i++)
        {
            ResourceRun resource = group.Resources[i];
            if (PeerTells && resource.Notices is not null)
            {
                if (runs && unseen && resource.IsClear)
                {
                    resource.Instance!.Derive();
                }
            }
            else if (runs && !ran)
            {
                Tell(resource, new Notice(Post: true, AgentAction.Promote, Peer: true));
            }
            else if (wasUp && entry.Local.IsClear())
            {
                Tell(resource, new Notice(Post: true, AgentAction.Demote, Peer: true));
            }
        }
    }

    private static void Tell(ResourceRun resource, Notice notice)
    {
        if (resource.Notices is not null && resource.Instance is { State: ResourceState.Running } instance)
        {
            instance.Tell(notice);
        }
    }
}
