using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;
using Hbd.Daemon.Control;
using Hbd.Daemon.Fencing;
using Hbd.Daemon.Modes;
using Hbd.Sys;

namespace Hbd.Daemon;

/// <content>What operators, signals and the fencing devices ask of the loop, and what it tells them.</content>
internal sealed partial class EventLoop
{
    private const int ChangesMax = 16;
    private readonly List<(long AtNs, string Who, string What, string Answer)> _changes = [];

    /// <summary>Counters without a place of their own in the status.</summary>
    public IReadOnlyDictionary<string, long> Counters() => new SortedDictionary<string, long>
    {
        ["addresses_held"] = _agents.Keeper.Count,
        ["announcements"] = _agents.Keeper.Announcements,
        ["announcement_errors"] = _agents.Keeper.SendErrors,
        ["address_notice_overruns"] = _agents.Keeper.Overruns,
        ["stuck_workers"] = _agents.StuckWorkers,
        ["control_clients_dropped"] = _control.Dropped,
        ["log_lines_lost"] = _log.Lost,
        ["records_lost"] = _recorder.Lost,
    };

    /// <summary>Fencing devices as the status shows them.</summary>
    public IReadOnlyList<StonithStatus> Devices() => _fencing?.Devices() ?? [];

    /// <summary>Null when no address is guarded.</summary>
    public AddressLeaseStatus? LeaseState => _lease?.Status();

    StatusDocument IControlTarget.Status()
    {
        _steady = false;
        return new StatusBuilder(_config, _self, this).Build();
    }

    CommandReply IControlTarget.Execute(ControlCommand command, string selector, ControlClient who)
    {
        Changed();
        if (ControlProtocol.IsFencing(command) && _core.Fenced)
        {
            return new CommandReply(false, MessageCatalog.Format(MessageId.CommandFenced, new MessageFields()));
        }

        if (ControlProtocol.IsFencing(command))
        {
            return _fencing?.Execute(command, selector, who, _now)
                ?? new CommandReply(false, "no fencing device is configured; see [[stonith]] in hbd.toml");
        }

        if (command is ControlCommand.Reload or ControlCommand.Upgrade)
        {
            return BeginRenewal(command == ControlCommand.Reload, selector);
        }

        if (command == ControlCommand.AgentClear)
        {
            return ClearAgent(selector);
        }

        ClusterEvent e = default;
        if (ModeCommands.Is(command))
        {
            if (ModeCommands.TryRead(command, selector, _config, _self, out e) is { } wrong)
            {
                return new CommandReply(false, wrong);
            }
        }
        else if (command == ControlCommand.Stop)
        {
            _service.Stopping();
            e = ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0);
        }
        else if (!Selector.TryParse(selector, _config, out GroupSelector kind, out int group))
        {
            return new CommandReply(false, Selector.Explain(selector, _config));
        }
        else
        {
            OperatorCommand wanted = command switch
            {
                ControlCommand.Standby => OperatorCommand.Standby,
                ControlCommand.Takeover => OperatorCommand.Takeover,
                ControlCommand.Cleanup => OperatorCommand.Cleanup,
                _ => OperatorCommand.Failback,
            };
            e = ClusterEvent.Operator(wanted, kind, group);
        }

        int first = _actions.Count;
        Step(e);
        for (int i = first; i < _actions.Count; i++)
        {
            if (_actions[i].Kind == ClusterActionKind.Reply)
            {
                return new CommandReply(!_actions[i].Refused, MessageCatalog.Format(_actions[i].Message, Fields(_actions[i])));
            }
        }

        return new CommandReply(false, "no answer");
    }

    void IControlTarget.Asked(string who, string what, string answer)
    {
        Changed();
        what = PlainText.Of(what);
        _log.Write(MessageId.Asked, new MessageFields { Peer = who, Action = what, Text = answer }, _now);
        _changes.Insert(0, (_now, who, what, answer));
        if (_changes.Count > ChangesMax)
        {
            _changes.RemoveAt(ChangesMax);
        }
    }

    /// <summary>What was asked for since this start, the newest first.</summary>
    public IReadOnlyList<ChangeStatus> Changes() => _changes.ConvertAll(c => new ChangeStatus
    {
        AgoS = Math.Round((_now - c.AtNs) / 1e9, 1),
        Who = c.Who,
        What = c.What,
        Answer = c.Answer,
    });

    private CommandReply ClearAgent(string agent)
    {
        if (_plugins.Clear(agent, out bool atOnce) is { } problem)
        {
            return new CommandReply(false, problem);
        }

        _log.Write(MessageId.AgentCleared, new MessageFields { Resource = agent }, _now);
        return new CommandReply(
            true, "plugin:" + agent + " is out of quarantine" + (atOnce ? "" : "; hbd loads it when it is started next"));
    }

    void IFenceOwner.OnFenced(uint requestId, FenceOutcome outcome)
    {
        Changed();
        Step(ClusterEvent.FenceFinished(requestId, outcome));
    }

    void IFenceOwner.OnUnfenced(uint requestId, bool ok)
    {
        Changed();
        Step(ClusterEvent.UnfenceFinished(requestId, ok));
    }

    void IFenceOwner.OnFencingChanged() => Changed();

    FenceDocument IControlTarget.Fencing()
    {
        _steady = false;
        return _fencing?.Document() ?? FenceDocument.None;
    }

    private void OnSignal(int signal, int sender)
    {
        Changed();
        string from = "signal " + signal.ToString(CultureInfo.InvariantCulture) + " from process "
            + sender.ToString(CultureInfo.InvariantCulture);
        _log.Text(MessageId.SystemNote, from, _now);
        switch (signal)
        {
            case SignalFd.Terminate or SignalFd.Interrupt:
                _service.Stopping();
                _endsNs = _endsNs == long.MaxValue ? _endsNs : _now;
                Step(ClusterEvent.Operator(OperatorCommand.Shutdown, GroupSelector.All, 0));
                break;
            case SignalFd.HangUp:
                _ = BeginRenewal(reload: true, "");
                break;
            case SignalFd.User2:
                Abandoned = true;
                _ended = true;
                break;
        }
    }

    /// <summary>Key rollover without a restart: the new file as a whole, or the old keys as they were.</summary>
    private void ReloadKeys()
    {
        Keyring? keyring = KeyFile.Load(_options.AuthKeysPath, out string[] problems);
        if (keyring is null)
        {
            _log.Text(MessageId.KeysRefused, string.Join("; ", problems), _now);
            return;
        }

        _keyring.Dispose();
        _keyring = keyring;
        string note = "key " + keyring.SigningId.ToString(CultureInfo.InvariantCulture) + " signs";
        _log.Text(MessageId.KeysReloaded, note, _now);
    }
}
