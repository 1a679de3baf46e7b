using System;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Cluster;

/// <summary>
/// Goal: whatever an authentic peer says, this node refuses it or lives with it; it never breaks an invariant or overflows. Method: single
/// extremes by name, then long seeded runs of packets made of interesting values, with time, results and commands between.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class HostilePeerTests
{
    private static readonly uint[] s_epochs = [0, 1, 2, 3, 100, Limits.Epoch - 1, Limits.Epoch];
    private static readonly uint[] s_generations = [0, 1, 5, 6, 7, uint.MaxValue - 1, uint.MaxValue];

    [Fact]
    public void The_largest_epoch_can_be_taken_over_and_given_away()
    {
        using LoneNode node = new();
        node.Contact(5);
        node.Packet.Flags = PacketFlags.HearsPeer;
        node.Say(5, 2, new GroupEntry(node.GroupId(0), Limits.Epoch, node.OwnerOf(1), LocalState.Running, false, false));
        Assert.Equal(1, node.Group(0).Owner);
        node.Silence();
        Assert.Equal(0, node.Group(0).Owner);
        Assert.Equal(Limits.Epoch, node.Group(0).Epoch);
        Assert.Equal(LocalState.Running, node.Group(0).Local);
    }

    [Fact]
    public void The_largest_sequence_and_generation_are_lived_with()
    {
        using LoneNode node = new();
        node.Contact(uint.MaxValue);
        node.Packet.Flags = PacketFlags.HearsPeer;
        node.Say(uint.MaxValue, ulong.MaxValue);
        Assert.Equal(FrameVerdict.Accepted, node.Core.LastVerdict);
        node.Say(uint.MaxValue, ulong.MaxValue);
        Assert.Equal(FrameVerdict.Replayed, node.Core.LastVerdict);
        node.Say(5, 1);
        Assert.Equal(FrameVerdict.StaleGeneration, node.Core.LastVerdict);
        node.Silence();
        Assert.Equal(NodeState.Dead, node.Core.Peer.State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_packets_break_no_invariant(int seed)
    {
        Random random = new(seed);
        LoneNode node = new();
        for (int i = 0; i < Fuzz.Rounds(70_000); i++)
        {
            if (i % 2_000 == 0)
            {
                node.Dispose();
                node = new LoneNode(autoFailback: random.Next(2) == 0);
            }

            switch (random.Next(20))
            {
                case 0:
                    node.Pass(Duration.FromMilliseconds(random.Next(700)));
                    break;
                case 1:
                    node.Step(ClusterEvent.Operator((OperatorCommand)random.Next(1, random.Next(60) == 0 ? 5 : 4),
                        (GroupSelector)random.Next(4), random.Next(3)));
                    break;
                case 2:
                    node.Step(ClusterEvent.OwnPause(Duration.FromMilliseconds(random.Next(1_000))));
                    break;
                case < 8:
                    node.FinishOne(random);
                    break;
                default:
                    RandomPacket(random, node);
                    break;
            }
        }

        node.Dispose();
    }

    private static void RandomPacket(Random random, LoneNode node)
    {
        node.Packet.Clear();
        node.Packet.Flags = (PacketFlags)random.Next(random.Next(40) == 0 ? 256 : 4);
        node.Packet.Hello = random.Next(3) == 0 ? (ulong)random.NextInt64() : 0;
        node.Packet.Echo = random.Next(3) > 0 ? node.Core.Peer.Nonce : (ulong)random.Next(3);
        node.Packet.HasDigest = random.Next(4) > 0;
        node.Packet.Digest = random.Next(10) == 0 ? 1UL : node.Core.Config.Digest;
        for (int groups = random.Next(5); groups > 0; groups--)
        {
            uint epoch = random.Next(4) == 0 ? s_epochs[random.Next(s_epochs.Length)] : node.Group(0).Epoch + (uint)random.Next(2);
            node.Packet.TryAddGroup(new GroupEntry(
                node.GroupId(random.Next(3)), Math.Min(epoch, Limits.Epoch), (Owner)random.Next(3), (LocalState)random.Next(8),
                random.Next(3) == 0, random.Next(5) == 0));
        }

        node.Packet.Generation = random.Next(200) == 0 ? s_generations[random.Next(s_generations.Length)] : node.Core.Peer.Generation;
        node.Packet.Sequence = random.Next(2_000) == 0 ? ulong.MaxValue - (ulong)random.Next(2) : node.NextSequence();
        node.Step(ClusterEvent.PacketAccepted(random.Next(2), node.Packet));
    }

    /// <summary>One core, spoken to by a peer that says what it likes.</summary>
    private sealed class LoneNode : IDisposable
    {
        private readonly ActionList _actions = new();
        private readonly System.Collections.Generic.List<uint> _running = [];
        private readonly byte[] _frame = new byte[Limits.FrameBytes];
        private readonly Hbd.Core.Auth.Keyring _keyring = new(1, [new(1, "key"u8.ToArray())]);
        private Instant _now = new(5_000_000_000);
        private ulong _sequence;

        public LoneNode(bool autoFailback = false)
        {
            Core = new ClusterCore(Pair.Configure(3, links: 2, autoFailback), 0, 9, 77, _now);
            Core.Start(_now, _actions);
            Perform();
        }

        public ClusterCore Core { get; }

        public Packet Packet { get; } = new();

        public uint GroupId(int group) => Group(group).Id;

        public GroupRun Group(int group) => Core.Resources.Groups[group];

        public Owner OwnerOf(int node) => Core.Resources.OwnerOnWire(node);

        public ulong NextSequence() => ++_sequence;

        public void Dispose() => _keyring.Dispose();

        public void Contact(uint generation)
        {
            FinishAll(AgentResult.NotRunning);
            Packet.Clear();
            Packet.Echo = Core.Peer.Nonce;
            Packet.HasDigest = true;
            Packet.Digest = Core.Config.Digest;
            Say(generation, 1);
            Assert.Equal(FrameVerdict.Accepted, Core.LastVerdict);
        }

        public void Say(uint generation, ulong sequence, GroupEntry? entry = null)
        {
            (Packet.Generation, Packet.Sequence) = (generation, sequence);
            if (entry is { } group)
            {
                Packet.TryAddGroup(group);
            }

            Step(ClusterEvent.PacketAccepted(0, Packet));
        }

        public void Silence()
        {
            Pass(Duration.FromSeconds(3));
            while (_running.Count > 0)
            {
                FinishAll(AgentResult.Ok);
            }
        }

        public void Pass(Duration time)
        {
            Instant end = _now + time;
            for (int i = 0; Core.NextDeadline() <= end; i++)
            {
                Assert.True(i < 2_000, "timers do not spin");
                _now = Core.NextDeadline() > _now ? Core.NextDeadline() : _now;
                Step(ClusterEvent.DeadlineReached);
            }

            _now = end;
        }

        public void FinishOne(Random random)
        {
            if (_running.Count > 0)
            {
                int at = random.Next(_running.Count);
                uint id = _running[at];
                _running.RemoveAt(at);
                Step(ClusterEvent.ActionFinished(id, (AgentResult)random.Next(random.Next(4) == 0 ? 10 : 1)));
            }
        }

        public void Step(in ClusterEvent e)
        {
            Core.Step(e, _now, _actions);
            Perform();
        }

        private void FinishAll(AgentResult result)
        {
            foreach (uint id in _running.ToArray())
            {
                _running.Remove(id);
                Step(ClusterEvent.ActionFinished(id, result));
            }
        }

        private void Perform()
        {
            foreach (ClusterAction action in _actions.Items)
            {
                if (action.Kind == ClusterActionKind.RunAgent)
                {
                    _running.Add(action.ActionId);
                }
                else if (action.Kind == ClusterActionKind.SendHeartbeat)
                {
                    _ = Core.WriteFrame(0, _frame, _keyring);
                }
            }

            _actions.Clear();
        }
    }
}
