using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Hbd.Core.Config;
using Hbd.Daemon.Fencing;
using Hbd.Plugins.Stonith;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// The daemon's loop, as small as fencing needs it, on node1, with devices from a piece of hbd.toml. Programs are looked for
/// in the directory of the test first.
/// </summary>
internal sealed class FenceLoop : IFenceEvents, IDisposable
{
    private readonly EpollSet _epoll = new();
    private uint _nextId;

    public FenceLoop(string directory, string stonith)
    {
        ClusterConfig config = Config(stonith);
        StonithPaths paths = new()
        {
            FenceDirectories = [directory, "/usr/sbin"],
            SharedDirectories = [directory],
            Self = [Plugins.PluginDirectory.Top + "/" + Plugins.PluginDirectory.Hbd],
            ExternalDirectories = [directory, "/usr/lib/stonith/plugins/external"],
        };
        Table = new FenceTable(config, paths);
        Executor = new FenceExecutor(config, 0, Table, _epoll, this, directory, null, MonotonicClock.NowNs());
    }

    public FenceTable Table { get; }

    public FenceExecutor Executor { get; }

    public Dictionary<uint, Finished> Results { get; } = [];

    public List<(uint Id, bool Ok, string Text)> Unfenced { get; } = [];

    public List<string> Notes { get; } = [];

    public List<(string Device, bool Ok, string Text)> Tests { get; } = [];

    public static ClusterConfig Config(string stonith)
    {
        const string Head = "nodes = [\"node1\", \"node2\"]\n[[bcast]]\ninterface = \"eth0\"\n[haresources]\nnode1 = [\"apache\"]\n";
        ConfigLoadResult result = ConfigLoader.Load("test.toml", Encoding.UTF8.GetBytes(Head + stonith));
        Assert.True(result.Config is not null, string.Join("\n", result.Errors));
        return result.Config!;
    }

    /// <summary>A program of the test; its directory is <c>$D</c>.</summary>
    public static void Script(string directory, string name, string body)
    {
        string path = Path.Combine(directory, name);
        File.WriteAllText(path, "#!/bin/sh\nD=" + directory + "\n" + body + "\n");
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
    }

    /// <param name="byOperator">Without delays and brake.</param>
    public uint Begin(FenceAction action = FenceAction.Reboot, bool holds = false, bool byOperator = false)
    {
        long now = MonotonicClock.NowNs();
        uint id = ++_nextId;
        Executor.Begin(new FenceRequest(1, action, holds, id, "test", !byOperator, now), now);
        return id;
    }

    /// <summary>A node that was up, so that no proof of before counts.</summary>
    public Finished Fence(FenceAction action = FenceAction.Reboot, bool holds = false, double seconds = 10)
    {
        Heard(newLife: true);
        uint id = Begin(action, holds);
        RunUntil(() => Results.ContainsKey(id), seconds);
        return Results[id];
    }

    public void Heard(bool newLife = false) => Executor.Heard(1, newLife, MonotonicClock.NowNs());

    public bool Cancel(uint id) => Executor.Cancel(id, MonotonicClock.NowNs());

    /// <summary>Until the second half of a reboot has ended too.</summary>
    public void Settle() => RunUntil(() => Executor.Run(1) is null, 10);

    public (bool Ok, string Text) Test(int device = 0)
    {
        int before = Tests.Count;
        Executor.Test(device, MonotonicClock.NowNs());
        RunUntil(() => Tests.Count > before, 10);
        return (Tests[^1].Ok, Tests[^1].Text);
    }

    public void RunUntil(Func<bool> condition, double seconds)
    {
        long end = MonotonicClock.NowNs() + (long)(seconds * 1e9);
        while (!condition())
        {
            Assert.True(MonotonicClock.NowNs() < end, "the loop waited " + seconds + " s in vain; " + string.Join("; ", Notes));
            Turn(end);
        }
    }

    public void RunFor(double seconds)
    {
        long end = MonotonicClock.NowNs() + (long)(seconds * 1e9);
        while (MonotonicClock.NowNs() < end)
        {
            Turn(end);
        }
    }

    public void OnFenceFinished(uint requestId, FenceResult result, string text, long durationNs)
        => Results.Add(requestId, new Finished(result, text, durationNs / 1e9));

    public void OnFenceNote(int node, string text) => Notes.Add(text);

    public void OnUnfenced(uint requestId, bool ok, string text) => Unfenced.Add((requestId, ok, text));

    public void OnDeviceTested(FenceDevice device, bool ok, string text) => Tests.Add((device.Config.Name, ok, text));

    public void Dispose()
    {
        Executor.Dispose();
        _epoll.Dispose();
    }

    private void Turn(long endNs)
    {
        long waitNs = Math.Min(endNs, Executor.NextDeadlineNs) - MonotonicClock.NowNs();
        int ready = _epoll.Wait((int)Math.Clamp((waitNs + 999_999) / 1_000_000, 0, 1000));
        long now = MonotonicClock.NowNs();
        _epoll.Dispatch(ready, now);
        if (Executor.NextDeadlineNs <= now)
        {
            Executor.Expire(now);
        }
    }

    internal sealed record Finished(FenceResult Result, string Text, double Seconds);
}
