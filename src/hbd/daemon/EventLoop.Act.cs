using System;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Control;
using Hbd.Daemon.Logging;
using Hbd.Daemon.Media;

namespace Hbd.Daemon;

/// <content>What a turn does with the actions of the core.</content>
internal sealed partial class EventLoop
{
    /// <summary>What does not wait goes first: agents to their workers, frames to the wire. Logging is last.</summary>
    private void Act()
    {
        if (_actions.Count == 0)
        {
            return;
        }

        FenceSelf();
        bool send = false;
        bool announce = false;
        bool ping = false;
        bool others = false;
        for (int i = 0; i < _actions.Count; i++)
        {
            ref readonly ClusterAction action = ref _actions[i];
            send |= action.Kind == ClusterActionKind.SendHeartbeat;
            ping |= action.Kind == ClusterActionKind.Ping;
            announce |= action.Kind == ClusterActionKind.Announce;
            others |= action.Kind is not (ClusterActionKind.SendHeartbeat or ClusterActionKind.Ping or ClusterActionKind.AskWitness);
            switch (action.Kind)
            {
                case ClusterActionKind.RunAgent:
                    RunAgent(action);
                    break;
                case ClusterActionKind.Adopt:
                    _agents.Adopt(action.Group, action.Resource, _now);
                    break;
                case ClusterActionKind.CancelAgent:
                    _reasons.Cancelled(action.ActionId);
                    _agents.Cancel(action.Group, action.Resource, action.ActionId, _now);
                    break;
                case ClusterActionKind.Fence:
                    Fence(action.ActionId);
                    break;
                case ClusterActionKind.Unfence:
                    _fencing!.Unfence(action.ActionId, _now);
                    break;
                case ClusterActionKind.AskWitness:
                    AskWitness();
                    break;
                case ClusterActionKind.SaveModes:
                    _modesStale = true;
                    break;
                case ClusterActionKind.SaveAttributes:
                    _attributesStale = true;
                    break;
                case ClusterActionKind.CancelFence:
                    _fencing?.Cancel(action.ActionId, _now);
                    break;
            }
        }

        if (send && !_core.Fenced && _endsNs == long.MaxValue)
        {
            Send();
        }

        _lease?.Renew(send, _now);
        if (ping)
        {
            _ping?.Send(_now);
        }

        if (announce)
        {
            _agents.Keeper.AnnounceNow(_now);
        }

        if (others)
        {
            Changed();
            SaveModes();
            Report();
            _hooks?.Observe(_core, _now);
        }

        _actions.Clear();
    }

    private void RunAgent(in ClusterAction action)
    {
        ResourceConfig resource = _config.Groups[action.Group].Resources[action.Resource];
        Duration timeout = action.Agent switch
        {
            AgentAction.Start => resource.StartTimeout,
            AgentAction.Stop => resource.StopTimeout,
            AgentAction.Promote => resource.PromoteTimeout,
            AgentAction.Demote => resource.DemoteTimeout,
            _ => TimeoutOf(resource, action),
        };
        _reasons.Begun(action);
        AgentCheck check = action.Recurring ? new AgentCheck(action.Level, IntervalOf(resource, action.Level)) : AgentCheck.Probe;
        check = check with { Failures = _core.Resources.Groups[action.Group].Resources[action.Resource].Failures };
        PairView? view = resource.Mode == ResourceMode.Promotable ? ViewOf(action) : null;
        _agents.Begin(action.Group, action.Resource, action.Agent, timeout, action.ActionId, _now, check, view);
    }

    /// <summary>What the agent of a promotable resource is told of both nodes, as this node knows it now.</summary>
    private PairView ViewOf(in ClusterAction action)
    {
        GroupRun group = _core.Resources.Groups[action.Group];
        ResourceRun resource = group.Resources[action.Resource];
        bool peerHere = _core.Peer.State == NodeState.Active;
        InstanceWord? word = resource.Notices is { PeerKnown: true } notices ? notices.Peer : null;
        bool promoted = word is { } said ? said == InstanceWord.Promoted : group.PeerKnown && group.Peer.Local is LocalState.Running or LocalState.Found;
        return new PairView
        {
            Self = _config.Nodes[_self],
            Peer = _config.Nodes[1 - _self],
            SelfRuns = resource.Instance!.State == ResourceState.Running,
            SelfPromoted = resource.State is ResourceState.Running or ResourceState.Stopping,
            PeerHere = peerHere,
            PeerRuns = peerHere && word != InstanceWord.NotRunning,
            PeerPromoted = peerHere && promoted,
            Notice = action.Agent == AgentAction.Notify ? action.Notice : null,
        };
    }

    private static Duration TimeoutOf(ResourceConfig resource, in ClusterAction action)
    {
        int level = action.Level;
        MonitorConfig? monitor = action.Recurring ? resource.Monitors.First(m => m.Level == level) : null;
        return monitor?.Timeout ?? resource.MonitorTimeout;
    }

    private static Duration IntervalOf(ResourceConfig resource, int level) => resource.Monitors.First(m => m.Level == level).Interval;

    private void Fence(uint request)
    {
        Check.That(_fencing is not null, "a configuration that requires fencing has a device for each node");
        bool peerHolds = Array.Exists(_core.Resources.Groups, g => g.Owner != _self);
        _fencing.Begin(request, peerHolds, _now);
    }

    private void Send()
    {
        for (int link = 0; link < _media.Count; link++)
        {
            IMedium medium = _media[link];
            if (medium.IsOpen)
            {
                int room = Math.Clamp(medium.FrameBytesMax, FrameBytesMin, Limits.FrameBytes);
                int length = _core.WriteFrame(link, _send.AsSpan(0, room), _keyring);
                _recorder.Writes(link, room);
                _ = medium.Send(_send.AsSpan(0, length), _now);
            }
        }

        _recorder.Wrote(_core, new Instant(_now));
    }

    private void Report()
    {
        for (int i = 0; i < _actions.Count; i++)
        {
            ref readonly ClusterAction action = ref _actions[i];
            if (action.Kind == ClusterActionKind.Log)
            {
                _log.Write(action.Message, Fields(action), _now);
                if (action.Message is MessageId.NodeUp or MessageId.NodeRestarted)
                {
                    _fencing?.PeerSeen();
                }
            }
            else if (action.Kind == ClusterActionKind.Exit)
            {
                BeginEnd();
            }
        }
    }

    private MessageFields Fields(in ClusterAction action) => ActionFields.Of(
        _config, _self, action, MessageCatalog.HasResult(action.Message) ? _reasons.Of(action.Group, action.Resource) : "");
}
