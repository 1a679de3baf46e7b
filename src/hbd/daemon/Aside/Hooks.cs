using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Membership;
using Hbd.Core.Resources;
using Hbd.Daemon.Logging;
using Hbd.Sys;

namespace Hbd.Daemon.Aside;

/// <summary>
/// Programs that are told of changes, as heartbeat's rc.d: for a change of kind <c>status</c> (a node) or <c>group</c> the file of that name
/// runs, then those of the directory KIND.d in the order of their names; one program at a time, changes in their order. Nothing of the
/// cluster waits for them. A program that takes longer than its time is ended; when more changes wait than the queue holds, the newest
/// are dropped and counted.
/// </summary>
internal sealed class Hooks
{
    private const int QueueMax = 256;
    private readonly HooksConfig _config;
    private readonly IReadOnlyList<string> _nodes;
    private readonly int _self;
    private readonly LogSink _log;
    private readonly AsideProgram _program;
    private readonly HookScan _scan;
    private readonly Queue<Change> _changes = new();
    private readonly Queue<string> _files = new();
    private readonly (LocalState Local, int Owner)[] _groups;
    private NodeState _peer = NodeState.Init;
    private Change? _current;
    private string _file = "";
    private long _now;
    private long _endNs = long.MaxValue;
    private long _lost;
    private bool _late;

    public Hooks(ClusterConfig config, int self, EpollSet epoll, AsidePool pool, LogSink log)
    {
        _config = config.Hooks!;
        _nodes = config.Nodes;
        _self = self;
        _log = log;
        _program = new AsideProgram(epoll, pool, Ended);
        _scan = new HookScan(_config.Directory, pool, Found);
        _groups = new (LocalState, int)[config.Groups.Count];
        for (int i = 0; i < _groups.Length; i++)
        {
            _groups[i] = (LocalState.Unknown, config.Groups[i].Preferred);
        }
    }

    /// <summary>After a turn that changed something: what became different is queued.</summary>
    public void Observe(ClusterCore core, long nowNs)
    {
        _now = nowNs;
        NodeState peer = core.Peer.State;
        if (peer != _peer)
        {
            Add("status", ["HA_src=" + _nodes[1 - _self], "HA_st=" + Words.Of(peer), "HA_OSTATUS=" + Words.Of(_peer)]);
            _peer = peer;
        }

        foreach (GroupRun group in core.Resources.Groups)
        {
            (LocalState Local, int Owner) now = (group.Local, group.Owner);
            (LocalState Local, int Owner) before = _groups[group.Index];
            if (now != before)
            {
                _groups[group.Index] = now;
                Add("group",
                [
                    "HA_src=" + _nodes[_self],
                    "HA_group=" + core.Config.Groups[group.Index].Name,
                    "HA_st=" + Words.Of(now.Local),
                    "HA_OSTATUS=" + Words.Of(before.Local),
                    "HA_owner=" + (group.Epoch == 0 ? "" : _nodes[now.Owner]),
                    "HA_epoch=" + group.Epoch.ToString(CultureInfo.InvariantCulture),
                ]);
            }
        }

        Next();
    }

    /// <summary>Once a second: a program that overran its time is ended.</summary>
    public void Tick(long nowNs)
    {
        _now = nowNs;
        if (_program.Busy && nowNs >= _endNs)
        {
            _program.Signal(_late ? PidFd.SigKill : PidFd.SigTerm);
            _endNs = nowNs + 2_000_000_000;
            _late = true;
        }

        if (_lost > 0 && _changes.Count < QueueMax)
        {
            _log.Write(MessageId.HooksLost, new MessageFields { A = _lost }, nowNs);
            _lost = 0;
        }
    }

    private void Add(string kind, List<string> variables)
    {
        if (_changes.Count == QueueMax)
        {
            _lost++;
            return;
        }

        variables.AddRange(
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HA_FUNCTION=" + kind, "HA_CURHOST=" + _nodes[_self],
            "HA_DIR=/etc/ha.d", "HA_LOGD=no", "HA_LOGFACILITY=none", "HA_debug=0", "OCF_ROOT=/usr/lib/ocf",
        ]);
        _changes.Enqueue(new Change(kind, variables));
    }

    private void Next()
    {
        while (!_program.Busy && !_scan.UnderWay)
        {
            if (_files.TryDequeue(out string? file))
            {
                _file = file;
                _late = false;
                _endNs = _now + _config.Timeout.Nanoseconds;
                _program.Start(file, [file, _current!.Kind], _current.Variables);
            }
            else if (_changes.TryDequeue(out _current))
            {
                _scan.Begin(_current.Kind);
            }
            else
            {
                return;
            }
        }
    }

    private void Found(IReadOnlyList<string> files)
    {
        foreach (string file in files)
        {
            _files.Enqueue(file);
        }

        Next();
    }

    private void Ended(ExitStatus? status, string said)
    {
        if (status is not { Signal: 0, Code: 0 })
        {
            string how = status is not { } end ? "cannot be started: " + said
                : _late ? "took too long and was ended"
                : end.Signal != 0 ? "ended by signal " + end.Signal.ToString(CultureInfo.InvariantCulture)
                : "ended with code " + end.Code.ToString(CultureInfo.InvariantCulture) + ": " + PlainText.Of(said[(said.LastIndexOf('\n') + 1)..]);
            _log.Text(MessageId.HookFailed, _file + ": " + how, _now);
        }

        Next();
    }

    private sealed record Change(string Kind, List<string> Variables);
}
