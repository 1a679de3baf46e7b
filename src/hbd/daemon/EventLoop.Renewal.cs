using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Control;
using Hbd.Daemon.Plan;
using Hbd.Daemon.Renewals;
using Hbd.Sys;

namespace Hbd.Daemon;

/// <content>
/// <c>hbctl upgrade</c> and <c>hbctl reload</c> are one and the same: the process executes the program anew, and the new life adopts what runs. A live
/// change of the tables would have been a second way to everything: of starting, of stopping, of ownership, of media, plugins and
/// devices, each with states of its own in between. So there is one way into a configuration, the start, and it is the one that is also walked after a crash.
/// Order: a worker checks program and file; what the file changes stops; everything settles; monitors are called off; a heartbeat; exec. Until the exec
/// has worked each step can be taken back, and is.
/// </content>
internal sealed partial class EventLoop
{
    /// <summary>So long may other things be under way before a renewal is given up; stops have their own time limits on top.</summary>
    private static readonly Duration s_patience = Duration.FromSeconds(60);

    /// <summary>So long the last monitors may take to end; a heartbeat goes out just before the exec.</summary>
    private static readonly Duration s_departure = Duration.FromMilliseconds(200);

    private readonly string _program = Environment.ProcessPath?.Replace(" (deleted)", "", StringComparison.Ordinal) ?? "";
    private RenewalStage _stage;
    private RenewalStatus? _renewed;
    private RenewalJob? _renewalJob;
    private uint _renewalNumber;
    private string _renewalName = "";
    private string _renewalProgram = "";
    private int[] _renewalStops = [];
    private long _renewalUntilNs;

    /// <summary>The last one, or the one under way; null: there was none since the daemon was started.</summary>
    public RenewalStatus? Renewed => _renewed;

    /// <summary>What the life before this one in the same process has begun is done now.</summary>
    public void Inherited(Inheritance from)
    {
        _renewalNumber = from.Number;
        _renewed = new RenewalStatus { Number = from.Number, State = "done", Message = from.What };
        _log.Text(MessageId.RenewalDone, from.What, _now);
        if (from.Problem is not null)
        {
            _log.Text(MessageId.HandoverIgnored, from.Problem, _now);
        }
    }

    private CommandReply BeginRenewal(bool reload, string program)
    {
        string? wrong = _stage != RenewalStage.None ? "another " + _renewalName + " is under way"
            : _core.Ends ? "this node goes down"
            : program.Length > 0 && program[0] != '/' ? "name the program with its whole path"
            : null;
        if (wrong is not null)
        {
            return new CommandReply(false, wrong);
        }

        _renewalName = reload ? "reload" : "upgrade";
        _renewalProgram = program.Length > 0 ? program : _program;
        _stage = RenewalStage.Checking;
        _renewalNumber++;
        _renewed = new RenewalStatus { Number = _renewalNumber, State = "checking", Message = "" };
        _renewalJob = new RenewalJob(_options, _config, _renewalProgram, reload, Checked);
        _agents.Submit(_renewalJob);
        return new CommandReply(true, _renewalName + " begins");
    }

    private void Checked(RenewalJob job)
    {
        Changed();
        if (job.Refused is { } why)
        {
            if (job.IsKeyProblem)
            {
                _log.Text(MessageId.KeysRefused, why.Replace("\n", "; ", StringComparison.Ordinal), _now);
            }

            CallOff(why);
            return;
        }

        if (job.Plan is { IsEmpty: true })
        {
            ReloadKeys();
            _stage = RenewalStage.None;
            _renewed = _renewed! with { State = "done", Message = "the configuration says what it said before; the keys were read again" };
            return;
        }

        _stage = RenewalStage.Settling;
        _renewed = _renewed! with { State = "settling" };
        _renewalStops = job.Plan?.StopFrom ?? Enumerable.Repeat(-1, _config.Groups.Count).ToArray();
        Duration patience = s_patience;
        for (int group = 0; group < _renewalStops.Length; group++)
        {
            for (int i = Math.Max(0, _renewalStops[group]); _renewalStops[group] >= 0 && i < _config.Groups[group].Resources.Count; i++)
            {
                patience += _config.Groups[group].Resources[i].StopTimeout;
            }
        }

        _renewalUntilNs = _now + patience.Nanoseconds;
        Step(ClusterEvent.Renew(RenewalStep.Begin, _renewalStops));
    }

    /// <summary>Once a turn while one is under way; heartbeats alone make many turns a second.</summary>
    private void FollowRenewal()
    {
        if (_stage is RenewalStage.None or RenewalStage.Checking)
        {
            return;
        }

        int unsettled = _core.UnsettledGroup;
        bool ready = unsettled < 0 && !_core.Shoots && _fencing is not { IsBusy: true };
        if (_core.Ends)
        {
            CallOff("this node goes down");
        }
        else if (!ready && _now >= _renewalUntilNs)
        {
            CallOff(unsettled < 0 ? "the peer is being fenced" : "group " + _config.Groups[unsettled].Name + " does not settle; see hbctl status");
        }
        else if (!ready && _stage == RenewalStage.Departing)
        {
            _stage = RenewalStage.Settling;
            Step(ClusterEvent.Renew(RenewalStep.Begin, _renewalStops));
        }
        else if (ready && _stage == RenewalStage.Settling)
        {
            _stage = RenewalStage.Departing;
            _departureNs = _now + Math.Min(s_departure.Nanoseconds, _config.Warntime.Nanoseconds / 4);
            Step(ClusterEvent.Renew(RenewalStep.Depart));
            Act();
        }

        if (_stage == RenewalStage.Departing && (_agents.IsIdle || _now >= _departureNs))
        {
            Depart();
        }
    }

    private long _departureNs;

    /// <summary>Returns only when it has failed.</summary>
    private void Depart()
    {
        RenewalJob job = _renewalJob!;
        string what = _renewalName + " done" + (job.Plan is { } plan ? ": " + PlanText.Summary(plan) : "");
        string? wrong = RenewalFiles.WriteHandover(_options.RunDir, _renewalNumber, what, _core.HandOver(new Instant(_now)));
        if (wrong is null)
        {
            _log.Text(MessageId.RenewalBegins, _renewalName, _now);
            bool sameWatchdog = job.Config!.Watchdog == _config.Watchdog && job.Config.WatchdogTimeout == _config.WatchdogTimeout;
            if (sameWatchdog)
            {
                _watchdog?.Pat(_now);
            }
            else
            {
                _watchdog?.Disarm(_now);
            }

            _plugins.Forgive();
            _service.Reloading(_now);
            Send();
            _lease?.Depart(_now, MonotonicClock.NowNs() + s_departure.Nanoseconds);
            Errno error = NewLife.Begin(_renewalProgram, _options);
            wrong = _renewalProgram + " cannot be executed: " + error.Text;
            _service.Ready();
            if (!sameWatchdog)
            {
                _watchdog?.Dispose();
                NoteProblem(ArmWatchdog());
            }
        }

        RenewalFiles.DropHandover(_options.RunDir);
        CallOff(wrong);
    }

    private void CallOff(string why)
    {
        Changed();
        RenewalFiles.Remove(RenewalFiles.Next(_options.RunDir));
        _stage = RenewalStage.None;
        _renewed = _renewed! with { State = "refused", Message = why };
        _log.Text(MessageId.RenewalRefused, _renewalName + ": " + why.Replace("\n", "; ", StringComparison.Ordinal), _now);
        if (_core.Renewing)
        {
            Step(ClusterEvent.Renew(RenewalStep.CallOff));
            Act();
        }
    }

    private enum RenewalStage
    {
        None,
        Checking,
        Settling,
        Departing,
    }
}
