using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Recording;
using Hbd.Daemon.Logging;
using Hbd.Daemon.Recording;
using Xunit;
using Record = Hbd.Core.Recording.Record;

namespace Hbd.Daemon.Tests;

/// <summary>Goal: the ring turns, survives what crashes leave behind, and no file does harm to who reads it.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbdrec").FullName;

    private string Ring => Path.Combine(_directory, "recorder");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_written_is_read_back_after_a_new_start()
    {
        Write(7, 0, 3);
        Write(8, 0, 2);
        Assert.Equal(["7.0", "7.1", "7.2", "8.0", "8.1"], Scan().Seen);
    }

    [Fact]
    public void A_full_ring_forgets_the_oldest()
    {
        using (RecorderFile file = RecorderFile.Open(Ring, 8))
        {
            for (int i = 0; i < 60; i++)
            {
                file.Payload(400_000).Fill((byte)RecordKind.Beat);
                file.Append(new ChunkHeader(ChunkKind.Records, 400_000, 0, 9, i * 400_000L, i, 0, 0), sync: false);
            }
        }

        Collector all = Scan();
        Assert.True(new FileInfo(Ring).Length <= 8 * 1024 * 1024 + RecorderFile.HeadBytes);
        Assert.True(all.Holes > 0);
        Assert.DoesNotContain("9.0", all.Seen);
    }

    [Fact]
    public void A_torn_end_costs_only_itself()
    {
        Write(7, 0, 3);
        byte[] bytes = File.ReadAllBytes(Ring);
        File.WriteAllBytes(Ring, bytes[..^1]);
        Assert.Equal(["7.0", "7.1"], Scan().Seen);
        Write(8, 0, 1);
        Assert.Equal(["7.0", "7.1", "8.0"], Scan().Seen);
    }

    [Fact]
    public void A_ring_of_another_size_is_put_aside()
    {
        Write(7, 0, 1);
        RecorderFile.Open(Ring, 9).Dispose();
        Assert.True(File.Exists(Ring + ".old"));
    }

    [Fact]
    public void The_window_gives_what_the_ring_has_not()
    {
        string path = Path.Combine(_directory, "window");
        byte[] beat = [(byte)RecordKind.Beat, 1];
        using (RecorderWindow window = RecorderWindow.Open(path, 64, out _)!)
        {
            window.Begin(5, new RecorderMark(0, 0, 10, 0));
            for (int i = 0; i < 100; i++)
            {
                Assert.True(window.TryAdd(beat));
                window.SetTail(new RecorderMark(i * 2, i, 10 + i, 0));
            }
        }

        WindowContent left = RecorderWindow.Read(File.ReadAllBytes(path))!;
        Assert.Equal((5u, 99L, 2), (left.Generation, left.From.Entry, left.Bytes.Length));
        Assert.Equal(beat, left.Bytes);
    }

    [Fact]
    public void A_full_window_refuses()
    {
        using RecorderWindow window = RecorderWindow.Open(Path.Combine(_directory, "window"), 64, out _)!;
        window.Begin(5, default);
        Assert.True(window.TryAdd(new byte[60]));
        Assert.False(window.TryAdd(new byte[5]));
        Assert.True(window.TryAdd(new byte[4]));
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void No_file_does_harm_to_its_reader()
    {
        Write(7, 0, 3);
        byte[] good = File.ReadAllBytes(Ring);
        Random random = new(1);
        string? asked = Environment.GetEnvironmentVariable("HBD_FUZZ_ROUNDS");
        int rounds = int.TryParse(asked, System.Globalization.CultureInfo.InvariantCulture, out int more) ? Math.Max(200, more / 100) : 200;
        for (int i = 0; i < rounds; i++)
        {
            byte[] bad = (byte[])good.Clone();
            int from = random.Next(3) == 0 ? 0 : RecorderFile.HeadBytes;
            for (int n = random.Next(1, 20); n > 0; n--)
            {
                bad[random.Next(from, bad.Length)] = (byte)random.Next(256);
            }

            using MemoryStream stream = new(bad, 0, random.Next(bad.Length));
            using ReplayRun run = new();
            _ = new RecordingScanner(run).TryScan(stream);
            stream.Position = 0;
            _ = new RecordingScanner(new Timeline(new TimelineFilter { Everything = true }, e => e.ToString())).TryScan(stream);
            _ = RecorderWindow.Read(bad);
        }
    }

    [Fact]
    public void The_journal_gets_fields()
    {
        string path = Path.Combine(_directory, "journal");
        using Socket journal = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        journal.Bind(new UnixDomainSocketEndPoint(path));
        new LogSink(path).Write(MessageId.GroupTakeover, new MessageFields { Group = "web", Peer = "srv1\nPRIORITY=0", A = 3 }, 1);
        byte[] buffer = new byte[4_096];
        string[] lines = Encoding.UTF8.GetString(buffer, 0, journal.Receive(buffer)).Split('\n');
        Assert.Contains("PRIORITY=4", lines);
        Assert.Contains("HBD_MESSAGE=205", lines);
        Assert.Contains("HBD_GROUP=web", lines);
        Assert.Contains("HBD_NODE=srv1 PRIORITY=0", lines);
        Assert.DoesNotContain("PRIORITY=0", lines);
    }

    private void Write(uint generation, long entry, int chunks)
    {
        using RecorderFile file = RecorderFile.Open(Ring, 8);
        for (int i = 0; i < chunks; i++)
        {
            RecordWriter writer = new(100, default);
            ReadOnlySpan<byte> record = writer.Event(
                ClusterEvent.DeadlineReached, default, [new ClusterAction { Kind = ClusterActionKind.SendHeartbeat }]);
            record.CopyTo(file.Payload(record.Length));
            file.Append(new ChunkHeader(ChunkKind.Records, record.Length, 0, generation, i * record.Length, entry + i, 0, 0), sync: true);
        }
    }

    private Collector Scan()
    {
        Collector all = new();
        using FileStream stream = File.OpenRead(Ring);
        Assert.True(new RecordingScanner(all).TryScan(stream));
        return all;
    }

    private sealed class Collector : IRecordingVisitor
    {
        public List<string> Seen { get; } = [];

        public int Holes { get; private set; }

        public void OnLife(RecordedLife life)
        {
        }

        public void OnRecord(RecordedLife life, long number, Record record)
        {
            if (Seen.Count < 1_000)
            {
                Seen.Add(life.Generation + "." + number);
            }
        }

        public void OnHole(RecordedLife life) => Holes++;
    }
}
