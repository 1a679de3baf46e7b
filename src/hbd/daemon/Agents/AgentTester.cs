using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>
/// One resource through a life in which everything is done twice, as ocf-tester does it, by the daemon's own executor. It really
/// starts and stops what it is given.
/// </summary>
internal sealed class AgentTester : IAgentEvents, IDisposable
{
    private static readonly (AgentAction Action, AgentResult Expected, string What)[] s_life =
    [
        (AgentAction.ValidateAll, AgentResult.Ok, "validate-all"),
        (AgentAction.Monitor, AgentResult.NotRunning, "monitor, stopped"),
        (AgentAction.Start, AgentResult.Ok, "start"),
        (AgentAction.Monitor, AgentResult.Ok, "monitor, started"),
        (AgentAction.Start, AgentResult.Ok, "start again"),
        (AgentAction.Monitor, AgentResult.Ok, "monitor"),
        (AgentAction.Stop, AgentResult.Ok, "stop"),
        (AgentAction.Monitor, AgentResult.NotRunning, "monitor, stopped"),
        (AgentAction.Stop, AgentResult.Ok, "stop again"),
        (AgentAction.MetaData, AgentResult.Ok, "meta-data"),
    ];

    private readonly EpollSet _epoll = new();
    private readonly PacketSocket? _packets;
    private readonly AgentTable _table;
    private readonly AgentExecutor _executor;
    private readonly ResourceConfig _resource;
    private uint _finished;
    private AgentResult _result;
    private string _reason = "";
    private long _durationNs;
    private uint _id;

    public AgentTester(ResourceConfig resource, string node, AgentPaths paths)
    {
        _resource = resource;
        _packets = PacketSocket.Open(out _);
        ClusterConfig config = Alone(resource, node);
        _table = new AgentTable(config, node, paths, BuiltInAgents.Create(_packets));
        _executor = new AgentExecutor(config, _table, _epoll, this, _packets, null);
    }

    /// <summary>True: every step ended as it should, or is one that this class does not have.</summary>
    public bool Run(TextWriter output)
    {
        AgentProgram program = _table.Program(0, 0);
        output.WriteLine(_resource.Name + ": " + program.Why);
        if (program.Problem is not null)
        {
            output.WriteLine(program.Problem);
            return false;
        }

        output.WriteLine("STEP              EXPECTED  CODE      TIME  RESULT");
        bool passed = true;
        bool started = false;
        foreach ((AgentAction action, AgentResult expected, string what) in s_life)
        {
            Do(action);
            bool missing = _result == AgentResult.Unimplemented && action is AgentAction.ValidateAll or AgentAction.MetaData;
            bool right = _result == expected || missing;
            started |= action == AgentAction.Start;
            passed &= right;
            output.WriteLine(string.Format(
                CultureInfo.InvariantCulture, "{0,-16}  {1,8}  {2,4}  {3,5} ms  {4}{5}", what, (int)expected, (int)_result,
                _durationNs / 1_000_000, right ? missing ? "not there" : "ok" : "FAILED", _reason.Length > 0 ? ": " + _reason : ""));
            if (!started && action == AgentAction.Monitor && !right)
            {
                // It runs, or nobody can say: what somebody uses is not stopped by a test.
                output.WriteLine("The resource has to be stopped before it can be tested.");
                return false;
            }
        }

        return passed;
    }

    public void OnAgentFinished(uint actionId, AgentResult result, string reason, long durationNs)
    {
        _finished = actionId;
        _result = result;
        _reason = reason;
        _durationNs = durationNs;
    }

    public void OnAgentQuarantined(string agent, string why)
    {
    }

    public void OnUnitEnded(int group, int resource)
    {
    }

    public void OnUnitBusChanged(string text, bool isProblem)
    {
    }

    public void OnAddressChanged(int group, int resource, AddressChange change, string detail)
    {
    }

    public void Dispose()
    {
        _executor.Dispose();
        _packets?.Dispose();
        _epoll.Dispose();
    }

    private void Do(AgentAction action)
    {
        Duration timeout = action switch
        {
            AgentAction.Start => _resource.StartTimeout,
            AgentAction.Stop => _resource.StopTimeout,
            _ => _resource.MonitorTimeout,
        };
        _executor.Begin(0, 0, action, timeout, ++_id, MonotonicClock.NowNs());
        while (_finished != _id)
        {
            // The executor ends every action at its deadline and a little later at the latest.
            long waitNs = _executor.NextDeadlineNs - MonotonicClock.NowNs();
            int ready = _epoll.Wait((int)Math.Clamp((waitNs + 999_999) / 1_000_000, 0, 1000));
            long now = MonotonicClock.NowNs();
            _epoll.Dispatch(ready, now);
            _executor.Expire(now);
        }
    }

    private static ClusterConfig Alone(ResourceConfig resource, string node) => new()
    {
        Cluster = "test",
        Nodes = [node, "peer"],
        Keepalive = Duration.FromSeconds(1),
        Warntime = Duration.FromSeconds(5),
        Deadtime = Duration.FromSeconds(10),
        Initdead = Duration.FromSeconds(30),
        AutoFailback = false,
        Media = [],
        Groups = [new GroupConfig { Name = resource.Name, Preferred = 0, Require = Require.None, Resources = [resource] }],
        Digest = 0,
    };
}
