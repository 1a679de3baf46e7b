using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Plugins.Agents;
using Hbd.Plugins.Sdk;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>The daemon's loop, as small as the executor needs it.</summary>
internal sealed class TestLoop : IAgentEvents, IDisposable
{
    private readonly EpollSet _epoll = new();
    private readonly PacketSocket? _packets;
    private uint _nextId;

    public TestLoop(
        ClusterConfig config, AgentPaths? paths = null, IReadOnlyList<IResourceAgent>? agents = null, PluginHost? plugins = null)
    {
        _packets = PacketSocket.Open(out _);
        Table = new AgentTable(config, "node1", paths ?? new AgentPaths(), agents ?? BuiltInAgents.Create(_packets), plugins);
        Executor = new AgentExecutor(config, Table, _epoll, this, _packets, null);
    }

    public AgentTable Table { get; }

    public AgentExecutor Executor { get; }

    public Dictionary<uint, Finished> Results { get; } = [];

    public List<(int Group, AddressChange Change, string Detail)> Changes { get; } = [];

    public uint Begin(int group, AgentAction action, double seconds = 10, AgentCheck check = default)
    {
        uint id = ++_nextId;
        Executor.Begin(
            group, 0, action, Duration.FromMilliseconds((long)(seconds * 1000)), id, MonotonicClock.NowNs(), check);
        return id;
    }

    public Finished Do(int group, AgentAction action, double seconds = 10, AgentCheck check = default)
    {
        uint id = Begin(group, action, seconds, check);
        RunUntil(() => Results.ContainsKey(id), seconds + 5);
        return Results[id];
    }

    public void RunUntil(Func<bool> condition, double seconds)
    {
        long end = MonotonicClock.NowNs() + (long)(seconds * 1e9);
        while (!condition())
        {
            Assert.True(MonotonicClock.NowNs() < end, "the loop waited " + seconds + " s in vain");
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

    public void OnAgentFinished(uint actionId, AgentResult result, string reason, long durationNs)
        => Results.Add(actionId, new Finished(result, reason, durationNs, Executor.Output, Executor.ErrorOutput));

    public List<string> Quarantined { get; } = [];

    public void OnAgentQuarantined(string agent, string why) => Quarantined.Add(agent + ": " + why);

    public List<int> Ended { get; } = [];

    public List<string> BusWords { get; } = [];

    public void OnUnitEnded(int group, int resource) => Ended.Add(group);

    public void OnUnitBusChanged(string text, bool isProblem) => BusWords.Add(text);

    public void OnAddressChanged(int group, int resource, AddressChange change, string detail)
        => Changes.Add((group, change, detail));

    public void Dispose()
    {
        Executor.Dispose();
        _packets?.Dispose();
        _epoll.Dispose();
    }

    private void Turn(long endNs)
    {
        long waitNs = Math.Min(endNs, Executor.NextDeadlineNs) - MonotonicClock.NowNs();
        bool done = Executor.Workers.LookForOne();
        int ready = _epoll.Wait(done ? 0 : (int)Math.Clamp((waitNs + 999_999) / 1_000_000, 0, 1000));
        long now = MonotonicClock.NowNs();
        _epoll.Dispatch(ready, now);
        Executor.Workers.TakeDone(now);
        Executor.Expire(now);
    }

    internal sealed record Finished(AgentResult Result, string Reason, long DurationNs, string Output, string Errors);
}
