using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;
using Hbd.Core.Wire;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Two cores, a wire without delay and agents that always succeed at once. Everything a node sends is delivered before the
/// other acts; a direction can be closed.
/// </summary>
internal sealed class Pair : IDisposable
{
    private readonly byte[] _frame = new byte[Limits.FrameBytes];
    private readonly Packet _packet = new();
    private readonly Queue<(int Node, uint Id)> _agents = new();
    private readonly List<(int Node, uint Id)> _starting = [];

    public Pair(ClusterConfig config, int frameBytes = Limits.FrameBytes, HeldVote[]? votes = null, ClusterConfig? second = null)
    {
        Config = config;
        FrameBytes = frameBytes;
        Keyring = new Keyring(1, [new(1, "the key of the pair"u8.ToArray())]);
        Codecs = [Codec(config, 0), Codec(config, 1)];
        ThirdVotes[] held = votes is null ? [ThirdVotes.None, ThirdVotes.None] : [new([votes[0]]), new([votes[1]])];
        Cores = [new ClusterCore(config, 0, 10, 1, Now, held[0]), new ClusterCore(second ?? config, 1, 20, 2, Now, held[1])];
    }

    public ClusterConfig Config { get; }

    public int FrameBytes { get; }

    public Keyring Keyring { get; }

    public FrameCodec[] Codecs { get; }

    public ClusterCore[] Cores { get; }

    public ActionList[] Actions { get; } = [new(), new()];

    /// <summary>What a node sends reaches the other.</summary>
    public bool[] Sends { get; } = [true, true];

    public Instant Now { get; private set; } = new(1_000_000_000);

    public long Frames { get; private set; }

    public int LongestFrame { get; private set; }

    /// <summary>Sum of all state hashes, in order.</summary>
    public ulong Trail { get; private set; }

    /// <summary>Agents answer; false holds their results back for ever.</summary>
    public bool Agents { get; set; } = true;

    /// <summary>A node asks its ping nodes; called when its step is done.</summary>
    public Action<int, Instant>? Pinged { get; set; }

    public bool Measures { get; set; } = true;

    public List<(int Node, MessageId Message, bool Refused)> Said { get; } = [];

    /// <summary>Actions of agents, in the order in which they began.</summary>
    public List<(int Node, AgentAction Agent, Notice Notice)> Ran { get; } = [];

    /// <summary>Notifications of agents on this node never end; -1: on none.</summary>
    public int Hangs { get; set; } = -1;

    /// <summary>Starts of agents on this node end only when <see cref="EndStarts"/> says so; -1: on none.</summary>
    public int StartsSlowly { get; set; } = -1;

    public static ClusterConfig Configure(int groups, int links = 1, bool autoFailback = false) => new()
    {
        Cluster = "web",
        Nodes = ["srv1", "srv2"],
        Keepalive = Duration.FromMilliseconds(100),
        Warntime = Duration.FromMilliseconds(250),
        Deadtime = Duration.FromMilliseconds(500),
        Initdead = Duration.FromSeconds(2),
        AutoFailback = autoFailback,
        Digest = 0x1234,
        Media = Enumerable.Range(0, links).Select(MediumConfig (i) => new BcastConfig
        {
            Name = "link" + i.ToString(CultureInfo.InvariantCulture),
            Interface = "eth0",
            Port = 694,
        }).ToArray(),
        Groups = Enumerable.Range(0, groups).Select(i => new GroupConfig
        {
            Name = "g" + i.ToString(CultureInfo.InvariantCulture),
            Preferred = i % 2,
            Require = Require.None,
            Resources = [Resource("r" + i.ToString(CultureInfo.InvariantCulture))],
        }).ToArray(),
    };

    public void Start()
    {
        for (int node = 0; node < 2; node++)
        {
            Cores[node].Start(Now, Actions[node]);
            Perform(node);
        }

        Answer();
    }

    public void Step(int node, in ClusterEvent e)
    {
        Cores[node].Step(e, Now, Actions[node]);
        Trail = Measures ? unchecked((Trail * 31) + Cores[node].StateHash()) : Trail;
        Perform(node);
    }

    /// <summary>Lets time pass up to the next deadline of either node.</summary>
    public void Advance()
    {
        Instant next = Cores[0].NextDeadline();
        int node = Cores[1].NextDeadline() < next ? 1 : 0;
        Now = Cores[node].NextDeadline();
        Step(node, ClusterEvent.DeadlineReached);
        Answer();
    }

    public void Run(Duration duration)
    {
        Instant end = Now + duration;
        while (Cores[0].NextDeadline() <= end || Cores[1].NextDeadline() <= end)
        {
            Advance();
        }

        Now = end;
    }

    public void EndStarts()
    {
        StartsSlowly = -1;
        _starting.ForEach(_agents.Enqueue);
        _starting.Clear();
        Answer();
    }

    public LocalState Local(int node, int group) => Cores[node].Resources.Groups[group].Local;

    public MessageId Command(int node, OperatorCommand command, GroupSelector selector = GroupSelector.All, int group = 0)
    {
        Said.Clear();
        Step(node, ClusterEvent.Operator(command, selector, group));
        MessageId reply = Said.Single(s => s.Node == node
            && s.Message is >= MessageId.CommandAccepted and <= MessageId.CommandFenced).Message;
        Answer();
        return reply;
    }

    public void Dispose() => Keyring.Dispose();

    private static FrameCodec Codec(ClusterConfig config, int node) =>
        new(config.Cluster, config.Nodes[node], config.Nodes[1 - node]);

    private static ResourceConfig Resource(string name) => new()
    {
        Name = name,
        Class = AgentClass.Search,
        Provider = null,
        Type = "IPaddr",
        Arguments = [],
        Parameters = [],
        StartTimeout = Duration.FromSeconds(1),
        StopTimeout = Duration.FromSeconds(1),
        MonitorTimeout = Duration.FromSeconds(1),
        IsAddress = true,
    };

    private void Perform(int node)
    {
        ActionList actions = Actions[node];
        bool send = false;
        bool ping = false;
        for (int i = 0; i < actions.Count; i++)
        {
            ref readonly ClusterAction action = ref actions[i];
            send |= action.Kind == ClusterActionKind.SendHeartbeat;
            ping |= action.Kind == ClusterActionKind.Ping;
            if (action.Kind == ClusterActionKind.RunAgent && Measures)
            {
                Ran.Add((node, action.Agent, action.Notice));
            }

            bool hangs = node == Hangs && action.Agent == AgentAction.Notify;
            if (action.Kind == ClusterActionKind.RunAgent && node == StartsSlowly && action.Agent == AgentAction.Start)
            {
                _starting.Add((node, action.ActionId));
            }
            else if (action.Kind == ClusterActionKind.RunAgent && Agents && !hangs)
            {
                _agents.Enqueue((node, action.ActionId));
            }
            else if (action.Kind is ClusterActionKind.Log or ClusterActionKind.Reply && Measures)
            {
                Said.Add((node, action.Message, action.Refused));
            }
        }

        actions.Clear();
        if (send)
        {
            Send(node);
        }

        if (ping)
        {
            Pinged?.Invoke(node, Now);
        }
    }

    private void Send(int node)
    {
        for (int link = 0; link < Config.Media.Count; link++)
        {
            int length = Cores[node].WriteFrame(link, _frame.AsSpan(0, FrameBytes), Keyring);
            Frames++;
            LongestFrame = Math.Max(LongestFrame, length);
            if (!Sends[node])
            {
                continue;
            }

            FrameVerdict verdict = Codecs[1 - node].Decode(_frame.AsSpan(0, length), Keyring, _packet);
            Check.That(verdict == FrameVerdict.Accepted, "a frame of the peer is authentic");
            Step(1 - node, ClusterEvent.PacketAccepted(link, _packet));
        }
    }

    private void Answer()
    {
        while (_agents.TryDequeue(out (int Node, uint Id) agent))
        {
            bool probe = IsProbe(Cores[agent.Node], agent.Id);
            Step(agent.Node, ClusterEvent.ActionFinished(agent.Id, probe ? AgentResult.NotRunning : AgentResult.Ok));
        }
    }

    private static bool IsProbe(ClusterCore core, uint id)
    {
        foreach (GroupRun group in core.Resources.Groups)
        {
            foreach (ResourceRun resource in group.Resources)
            {
                if (resource.ActionId == id)
                {
                    return resource.State == ResourceState.Probing;
                }
            }
        }

        return false;
    }
}
