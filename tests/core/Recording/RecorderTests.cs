using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Hbd.Core.Attributes;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Recording;
using Hbd.Core.Resources;
using Hbd.Core.Tests.Cluster;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Xunit;
using Record = Hbd.Core.Recording.Record;

namespace Hbd.Core.Tests.Recording;

/// <summary>Goal: what is recorded comes back as it was, and a replay sees every difference. Bytes that were never recorded do no harm.</summary>
public sealed class RecorderTests
{
    private static readonly Instant s_begin = new(5_000_000_000);

    [Fact]
    public void A_field_of_an_event_that_is_not_recorded_is_found()
    {
        foreach (PropertyInfo property in Settable(typeof(ClusterEvent)).Where(p => p.Name is not ("Packet" or "Witness" or "Kind" or "StopFrom")))
        {
            object e = new ClusterEvent { Kind = ClusterEventKind.OperatorCommand };
            property.SetValue(e, Sample(property.PropertyType));
            Assert.Equal((ClusterEvent)e, RoundTrip((ClusterEvent)e, []).Event);
        }
    }

    [Fact]
    public void What_a_renewal_stops_is_recorded() =>
        Assert.Equal([0, -1, 7], RoundTrip(ClusterEvent.Renew(RenewalStep.Begin, [0, -1, 7]), []).Event.StopFrom!);

    [Fact]
    public void A_field_of_an_action_that_is_not_recorded_is_found()
    {
        foreach (PropertyInfo property in Settable(typeof(ClusterAction)))
        {
            object action = new ClusterAction { Kind = ClusterActionKind.Log };
            property.SetValue(action, Sample(property.PropertyType));
            Assert.Equal([(ClusterAction)action], RoundTrip(ClusterEvent.OwnPause(new Duration(7)), [(ClusterAction)action]).Actions);
        }
    }

    [Fact]
    public void A_field_of_a_frame_that_is_not_recorded_is_found()
    {
        foreach (PropertyInfo property in Settable(typeof(Packet)))
        {
            Packet packet = new();
            property.SetValue(packet, Sample(property.PropertyType));
            packet.TryAddGroup(new GroupEntry(7, 8, Owner.High, LocalState.Found, true, true));
            packet.TryAddScore(new ScoreEntry(9, 10));
            packet.TryAddNotice(new NoticeEntry(11, InstanceWord.Promoted, 12, 13, true, AgentAction.Demote));
            Packet back = RoundTrip(ClusterEvent.PacketAccepted(3, packet), []).Event.Packet!;
            Assert.Equal(property.GetValue(packet), property.GetValue(back));
            Assert.Equal(packet.Groups.ToArray(), back.Groups.ToArray());
            Assert.Equal(packet.Scores.ToArray(), back.Scores.ToArray());
            Assert.Equal(packet.Notices.ToArray(), back.Notices.ToArray());
        }
    }

    [Fact]
    public void Attributes_of_a_frame_and_a_deleted_one_come_back()
    {
        AttributeRecord record = new(new(Owner.Low, AttributeShelf.Status, "a"), 9, null);
        Assert.Equal(record, RoundTrip(ClusterEvent.AttributeSet(record), []).Event.Attribute);
        byte[] entry = new byte[AttributeWire.BytesMax];
        Packet packet = new() { AttributeDigest = 3, AttributesAsked = true };
        Assert.True(packet.TryAddAttributes(entry.AsSpan(0, AttributeWire.Write(record, entry))));
        packet.TryAddGroup(new GroupEntry(7, 8, Owner.High, LocalState.Found, true, true));
        Packet back = RoundTrip(ClusterEvent.PacketAccepted(3, packet), []).Event.Packet!;
        Assert.Equal(packet.Attributes.ToArray(), back.Attributes.ToArray());
        Assert.Equal(packet.Groups.ToArray(), back.Groups.ToArray());
    }

    [Fact]
    public void An_answer_of_the_witness_comes_back()
    {
        WitnessReply reply = new() { Cluster = 1, To = 2, KeyId = 3, Nonce = ulong.MaxValue };
        reply.TryAdd(new WitnessWord(4, true, 5, 6, new Duration(-7)));
        WitnessReply back = RoundTrip(ClusterEvent.WitnessAnswered(reply), []).Event.Witness!;
        Assert.Equal((1u, 2u, (byte)3, ulong.MaxValue), (back.Cluster, back.To, back.KeyId, back.Nonce));
        Assert.Equal(reply.Words.ToArray(), back.Words.ToArray());
    }

    [Fact]
    public void A_quiet_pair_costs_less_than_six_bytes_an_event()
    {
        RecordWriter writer = new(4_096, s_begin);
        Packet packet = new() { Sender = 1, Generation = 2, Digest = 3, HasDigest = true };
        int bytes = 0;
        Random random = new(1);
        long at = s_begin.Nanoseconds;
        for (int i = 0; i < 1_000; i++)
        {
            packet.Sequence += 2;
            at += 50_000_000 + random.Next(100_000);
            bytes += writer.Event(ClusterEvent.PacketAccepted(0, packet), new Instant(at), []).Length;
        }

        Assert.True(bytes < 6_000, bytes + " bytes for 1,000 frames");
    }

    [Fact]
    public void Recording_does_not_allocate()
    {
        RecordWriter writer = new(4_096, s_begin);
        Packet packet = new() { Sender = 1 };
        ClusterAction[] beat = [new() { Kind = ClusterActionKind.SendHeartbeat }];
        WrittenFrame[] frames = [new(0, 1_400), new(1, 1_400)];
        long at = s_begin.Nanoseconds;
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                Instant now = new(at++);
                packet.Sequence++;
                _ = writer.Event(ClusterEvent.PacketAccepted(0, packet), now, []);
                _ = writer.Event(ClusterEvent.DeadlineReached, now, beat);
                _ = writer.Wrote(now, frames);
            }
        }));
    }

    [Fact]
    public void A_replay_says_the_same_and_sees_a_decision_that_differs()
    {
        ClusterConfig config = Pair.Configure(2);
        List<byte[]> records = Life(config, out LifeInfo life);
        Assert.Null(Replay(config, life, records, out long decisions));
        Assert.True(decisions > 10);
        Assert.Contains("decision 2: recorded", Replay(Pair.Configure(1), life, records, out _));
        Assert.Contains("state: recorded", Replay(config with { Initdead = Duration.FromSeconds(9) }, life, records, out _));
        Assert.NotNull(Replay(config, life with { Entropy = 9 }, records, out _));
    }

    [Fact]
    public void A_life_comes_back()
    {
        _ = Life(Pair.Configure(1), out LifeInfo life);
        life = life with { Modes = [new(Hbd.Core.Modes.ModeKind.Move, 7, 3, 2, Duration.FromSeconds(9))] };
        LifeInfo read = LifeInfo.Read(life.Write())!;
        Assert.Equal(life.Modes, read.Modes);
        Assert.Equal(life with { Modes = read.Modes }, read);
    }

    [Fact]
    public void A_chunk_with_one_wrong_bit_is_no_chunk()
    {
        byte[] chunk = new byte[ChunkHeader.Bytes + 10];
        ChunkHeader header = new(ChunkKind.Records, 10, 77, 5, 1, 2, 3, 4);
        header.Write(chunk);
        Assert.True(ChunkHeader.TryRead(chunk, out ChunkHeader back));
        Assert.Equal(header, back);
        for (int bit = 0; bit < chunk.Length * 8; bit++)
        {
            chunk[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ChunkHeader.TryRead(chunk, out _));
            chunk[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.False(ChunkHeader.TryRead(chunk.AsSpan(0, chunk.Length - 1), out _));
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Damaged_records_neither_throw_nor_hang()
    {
        ClusterConfig config = Pair.Configure(2);
        byte[] good = Life(config, out LifeInfo life).SelectMany(r => r).ToArray();
        Random random = new(3);
        Record record = new();
        for (int i = 0; i < Fuzz.Rounds(3_000); i++)
        {
            byte[] bad = good.ToArray();
            for (int n = random.Next(1, 8); n > 0; n--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            RecordReader reader = new(life.Made);
            using Replayer replayer = new(life, config);
            ReadOnlySpan<byte> rest = bad;
            bool over = false;
            while (rest.Length > 0 && reader.TryRead(rest, record, out int length))
            {
                Assert.True(length > 0);
                over = over || replayer.Feed(record) is not null;
                rest = rest[length..];
            }
        }
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Random_bytes_neither_throw_nor_hang()
    {
        Random random = new(4);
        Record record = new();
        byte[] bytes = new byte[300];
        for (int i = 0; i < Fuzz.Rounds(100_000); i++)
        {
            random.NextBytes(bytes);
            RecordReader reader = new(s_begin);
            ReadOnlySpan<byte> rest = bytes.AsSpan(0, random.Next(bytes.Length));
            while (rest.Length > 0 && reader.TryRead(rest, record, out int length))
            {
                rest = rest[length..];
            }

            _ = LifeInfo.Read(bytes);
        }
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(p => p.SetMethod is not null);

    private static object Sample(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(Duration) ? new Duration(1_234_567_890_123)
            : plain == typeof(Instant) ? new Instant(4_999_999_999)
            : plain == typeof(bool) ? true
            : plain == typeof(AttributeRecord) ? new AttributeRecord(new(Owner.High, AttributeShelf.Lasting, "größe"), 7, "v")
            : plain == typeof(Notice) ? new Notice(true, AgentAction.Stop, true)
            : plain.IsEnum ? Enum.GetValues(plain).GetValue(1)!
            : Convert.ChangeType(113, plain, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Record RoundTrip(in ClusterEvent e, ReadOnlySpan<ClusterAction> actions)
    {
        RecordWriter writer = new(16_384, s_begin);
        byte[] bytes = writer.Event(e, s_begin, actions).ToArray();
        Record record = new();
        Assert.True(new RecordReader(s_begin).TryRead(bytes, record, out int length));
        Assert.Equal(bytes.Length, length);
        return record;
    }

    /// <summary>A lone node: it starts, waits for initdead and takes what there is.</summary>
    private static List<byte[]> Life(ClusterConfig config, out LifeInfo life)
    {
        life = new LifeInfo
        {
            Version = "1",
            Self = 1,
            Generation = 4,
            Entropy = 5,
            Inherits = false,
            Made = s_begin,
            WallNs = 6,
            ConfigBytes = 0,
        };
        ClusterCore core = new(config, life.Self, life.Generation, life.Entropy, s_begin);
        using Hbd.Core.Auth.Keyring keyring = new(1, [new(1, "another key"u8.ToArray())]);
        ActionList actions = new();
        RecordWriter writer = new(16_384, s_begin);
        List<byte[]> records = [];
        Queue<uint> agents = new();
        byte[] frame = new byte[Limits.FrameBytes];
        core.Start(s_begin, actions);
        records.Add(writer.Start(s_begin, actions.Items).ToArray());
        Instant now = s_begin;
        for (int i = 0; i < 60; i++)
        {
            bool send = false;
            bool probe = now < s_begin + config.Initdead;
            foreach (ClusterAction action in actions.Items.ToArray())
            {
                send |= action.Kind == ClusterActionKind.SendHeartbeat;
                if (action.Kind == ClusterActionKind.RunAgent)
                {
                    agents.Enqueue(action.ActionId);
                }
            }

            if (send)
            {
                _ = core.WriteFrame(0, frame.AsSpan(0, 300), keyring);
                records.Add(writer.Wrote(now, [new WrittenFrame(0, 300)]).ToArray());
            }

            actions.Clear();
            ClusterEvent e = agents.TryDequeue(out uint id)
                ? ClusterEvent.ActionFinished(id, probe ? AgentResult.NotRunning : AgentResult.Ok) : ClusterEvent.DeadlineReached;
            now = e.Kind == ClusterEventKind.DeadlineReached ? core.NextDeadline() : now;
            core.Step(e, now, actions);
            records.Add(writer.Event(e, now, actions.Items).ToArray());
            records.Add(writer.Note(now, MessageId.SystemNote, "g0", "said").ToArray());
            records.Add(writer.Clock(now, 1, core.FramesWritten, core.StateHash()).ToArray());
        }

        return records;
    }

    private static string? Replay(ClusterConfig config, LifeInfo life, List<byte[]> records, out long decisions)
    {
        using Replayer replayer = new(life, config);
        RecordReader reader = new(life.Made);
        Record record = new();
        string? difference = null;
        foreach (byte[] bytes in records)
        {
            Assert.True(reader.TryRead(bytes, record, out _));
            difference ??= replayer.Feed(record);
        }

        decisions = replayer.Decisions;
        return difference;
    }
}
