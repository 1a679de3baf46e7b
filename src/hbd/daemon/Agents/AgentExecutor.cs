using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Monitoring;
using Hbd.Daemon.Workers;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>
/// Runs the actions of resources. In: <see cref="Begin"/>. Out: <see cref="IAgentEvents"/>, exactly once per action,
/// on the
/// loop thread. In-process agents run on workers; programs are started by workers (exec may have to wait for a disk)
/// and
/// watched by the loop. Nothing in here blocks the loop.
/// Invariant: of one resource at most one thing runs, be it wanted or given up. What was given up and has not come
/// back holds
/// back what comes after it, so that a late start can never undo a stop that was reported as done.
/// </summary>
internal sealed partial class AgentExecutor : IWorkEvents, IProcessEvents, IAddressRestorer, IDisposable
{
    /// <summary>Between SIGTERM and SIGKILL, and again until hbd stops waiting for a process that does not even die of
    /// that.</summary>
    private const long GraceNs = 1_000_000_000;

    private const long RestoreTimeoutNs = 10_000_000_000;

    /// <summary>Meta-data is wanted whole; the largest of resource-agents has some 40 KB.</summary>
    private const int MetaDataBytes = 256 * 1024;

    private readonly AgentTable _table;
    private readonly EpollSet _epoll;
    private readonly IAgentEvents _sink;
    private readonly WorkerPool _pool;
    private readonly ActionSlot[] _slots;
    private readonly int[] _groupStart;
    private readonly int[] _active;
    private readonly Stack<AgentProcess> _spareProcesses = new();
    private int _activeCount;
    private long _nextNs = long.MaxValue;

    /// <param name="packets">For announcements; null: none.</param>
    /// <param name="workerStarted">Run on each worker before its first work: scheduling class and the like.</param>
    public AgentExecutor(
        ClusterConfig config, AgentTable table, EpollSet epoll, IAgentEvents sink, PacketSocket? packets, Action? workerStarted)
    {
        _table = table;
        _epoll = epoll;
        _sink = sink;
        _slots = Slots(config, table, out _groupStart);
        _active = new int[_slots.Length];
        Keeper = new AddressKeeper(epoll, this, packets, _slots.Length);
        Problem = StateDirectory.Ensure(table.Paths.StateDirectory);
        _pool = new WorkerPool(epoll, this, Limits.WorkerThreads, _slots.Length + 4 + Limits.WorkerThreads, () =>
        {
            workerStarted?.Invoke();
            for (int i = 0; i < table.BuiltIns.Count; i++)
            {
                table.BuiltIns[i].PrepareThread();
            }
        });
        OpenUnits(workerStarted);
    }

    /// <summary>The addresses this node holds. Hold and Release are called from here; AnnounceNow is the loop's to
    /// call.</summary>
    public AddressKeeper Keeper { get; }

    public AgentDurations Durations { get; } = new();

    /// <summary>What some agents will miss; null when all is well.</summary>
    public string? Problem { get; }

    /// <summary>Workers that an agent has not given back after its deadline.</summary>
    public int StuckWorkers { get; private set; }

    /// <summary>Valid inside <see cref="IAgentEvents.OnAgentFinished"/>: what the program printed last, or
    /// meta-data.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Valid there too: the promotion score of a promotable resource; null: none.</summary>
    public int? Score { get; private set; }

    /// <summary>The action that has just finished can have called the stand-ins for Pacemaker's tools.</summary>
    public bool MaySetAttributes { get; private set; }

    /// <inheritdoc cref="Output"/>
    public string ErrorOutput { get; private set; } = "";

    /// <summary>The workers; they take two more pieces of work at a time from others.</summary>
    public WorkerPool Workers => _pool;

    public long NextDeadlineNs => Math.Min(_nextNs, Keeper.NextDeadlineNs);

    /// <summary>Begins an action. There must be none under way for this resource.</summary>
    /// <param name="check">What kind of monitor it is; without meaning for other actions.</param>
    public void Begin(
        int group, int resource, AgentAction action, Duration timeout, uint actionId, long nowNs, AgentCheck check = default, PairView? view = null)
    {
        int index = _groupStart[group] + resource;
        Check.That(index < _groupStart[group + 1], "no such resource in the group");
        ActionSlot slot = _slots[index];
        Check.That(slot.Stage == ActionStage.None, "two actions at once for one resource");
        slot.Action = action;
        slot.Check = check;
        slot.View = view;
        slot.ActionId = actionId;
        slot.Timeout = timeout;
        slot.BegunNs = nowNs;
        slot.NeedsProgram = false;
        slot.Choose(IsOutside(slot));
        slot.DeadlineNs = nowNs + timeout.Nanoseconds;
        slot.ActivePosition = _activeCount;
        _active[_activeCount++] = index;
        if (action == AgentAction.Stop)
        {
            Keeper.Release(index);
        }

        if (IsDecided(slot))
        {
            slot.Stage = ActionStage.Decided;
            slot.DeadlineNs = nowNs;
        }
        else if (slot.IsFree)
        {
            Dispatch(index, slot);
        }
        else
        {
            slot.Stage = ActionStage.Parked;
        }

        _nextNs = Math.Min(_nextNs, slot.DeadlineNs);
    }

    /// <summary>
    /// Nobody waits for this monitor any more: a program is killed at once, what runs in this process ends by itself. The result is told as
    /// usual, so that what comes next for the resource waits for nothing longer than it must.
    /// </summary>
    public void Cancel(int group, int resource, uint actionId, long nowNs)
    {
        ActionSlot slot = _slots[_groupStart[group] + resource];
        if (slot.ActionId != actionId)
        {
            return;
        }

        if (slot.Stage == ActionStage.Running)
        {
            slot.Stage = ActionStage.Killing;
            slot.Process!.SignalGroup(PidFd.SigKill);
            slot.DeadlineNs = nowNs + GraceNs;
            _nextNs = Math.Min(_nextNs, slot.DeadlineNs);
        }
        else if (slot.Stage == ActionStage.Parked)
        {
            Finish(slot, AgentResult.TimedOut, "not needed any more", nowNs);
        }
    }

    /// <summary>Nothing of any resource is under way, not even what was given up.</summary>
    public bool IsIdle => _activeCount == 0 && StuckWorkers == 0;

    /// <summary>One piece at a time of what is not an agent's; the workers have room for it.</summary>
    public void Submit(IOwnWork work) => _pool.Submit(work);

    /// <summary>
    /// Takes over what an earlier life of this daemon had started: an address that the last monitor found is looked
    /// after from
    /// now on. No start is run.
    /// </summary>
    public void Adopt(int group, int resource, long nowNs)
    {
        int index = _groupStart[group] + resource;
        ActionSlot slot = _slots[index];
        if (slot.Seen is { } seen)
        {
            Keeper.Hold(index, seen, nowNs);
        }
    }

    public void OnWorkDone(IWork work, long nowNs)
    {
        if (work is IOwnWork own)
        {
            own.Done(nowNs);
            return;
        }

        AgentJob job = (AgentJob)work;
        ActionSlot slot = _slots[job.Slot];
        if (job.IsPlugin)
        {
            LeaveLane(job);
        }

        if (!ReferenceEquals(job, slot.Job))
        {
            // Nobody waits for it any more: see GiveUp.
            StuckWorkers--;
            DispatchWaiting();
            return;
        }

        slot.JobIsOut = false;
        if (TryProgramInstead(slot, job))
        {
            return;
        }

        if (job.IsStuck)
        {
            StuckWorkers--;
        }

        switch (job.Kind)
        {
            case JobKind.Restore:
                Keeper.OnRestored(job.Slot, job.Error, job.WasMissing, job.Held!, nowNs);
                break;
            case JobKind.Spawn when job.Process is { } process:
                Watch(slot, job, process, nowNs);
                break;
            default:
                if (!job.IsGivenUp)
                {
                    Output = job.IsPlugin ? job.Output?.Text() ?? "" : "";
                    ErrorOutput = job.IsPlugin ? job.Errors?.Text() ?? "" : "";
                    Remember(slot, job, nowNs);
                    Finish(slot, job.Result, job.Reason, nowNs);
                }

                break;
        }

        DispatchParked(job.Slot, slot);
        DispatchWaiting();
    }

    bool IAddressRestorer.TryRestore(int index, HeldAddress held)
    {
        ActionSlot slot = _slots[index];
        if (!slot.IsFree || slot.Stage != ActionStage.None)
        {
            return false;
        }

        AgentJob job = slot.Job ??= new AgentJob(index);
        job.SetRestore(held, MonotonicClock.NowNs() + RestoreTimeoutNs);
        Submit(slot, job);
        return true;
    }

    void IAddressRestorer.OnAddressChanged(int index, AddressChange change, string detail)
        => _sink.OnAddressChanged(_slots[index].Group, _slots[index].Resource, change, detail);

    public void Dispose()
    {
        _units?.Dispose();
        _pool.Dispose();
        Keeper.Dispose();
    }

    private static ActionSlot[] Slots(ClusterConfig config, AgentTable table, out int[] groupStart)
    {
        List<ActionSlot> slots = [];
        groupStart = new int[config.Groups.Count + 1];
        for (int group = 0; group < config.Groups.Count; group++)
        {
            groupStart[group] = slots.Count;
            IReadOnlyList<ResourceConfig> resources = config.Groups[group].Resources;
            for (int i = 0; i < resources.Count; i++)
            {
                slots.Add(new ActionSlot(group, i, resources[i], table.Program(group, i)));
            }
        }

        groupStart[^1] = slots.Count;
        Check.That(slots.Count <= Limits.Resources, "more resources than Limits.Resources");
        return [.. slots];
    }

    /// <summary>True when no worker is needed to know the result.</summary>
    private static bool IsDecided(ActionSlot slot)
    {
        AgentProgram program = slot.Program;
        (bool decided, AgentResult result, string reason) = (program.Kind, slot.Action) switch
        {
            (ProgramKind.None, _) => (true, AgentResult.NotInstalled, program.Problem!),
            (ProgramKind.BuiltIn or ProgramKind.Plugin, AgentAction.MetaData) => (true, AgentResult.Ok, ""),

            // Checked when the program was looked up; a mistake would have made it unusable.
            (ProgramKind.BuiltIn, AgentAction.ValidateAll) => (true, AgentResult.Ok, ""),
            (ProgramKind.Systemd, AgentAction.MetaData or AgentAction.ValidateAll) => (
                true, AgentResult.Unimplemented, slot.Program.Unit + " is a unit with start, stop and a state only"),
            (ProgramKind.Heartbeat or ProgramKind.Lsb, AgentAction.MetaData or AgentAction.ValidateAll) => (
                true, AgentResult.Unimplemented, program.Path + " is a script with start, stop and status only"),
            _ => (false, AgentResult.Ok, ""),
        };
        slot.Result = result;
        slot.Reason = reason;
        return decided;
    }

    private void Dispatch(int index, ActionSlot slot)
    {
        AgentJob job = slot.Job ??= new AgentJob(index);
        ResourceConfig config = slot.Config;
        if (slot.Program.Kind == ProgramKind.Plugin && !TryEnterLane(index, slot))
        {
            return;
        }

        if (slot.Program.Kind == ProgramKind.Plugin)
        {
            DispatchPlugin(slot, job);
        }
        else if (slot.Program.Kind == ProgramKind.BuiltIn)
        {
            job.SetAgent(
                slot.Program,
                new AgentRequest(slot.Action, config.Name, config.Arguments, config.Parameters, slot.DeadlineNs, slot.Check.Level));
        }
        else if (slot.Program.Kind == ProgramKind.Systemd && _units is not null && !slot.NeedsProgram)
        {
            DispatchUnit(slot, job);
            return;
        }
        else if (TryTakePlace(index, slot))
        {
            SetSpawn(slot, job);
        }
        else
        {
            return;
        }

        slot.Stage = ActionStage.OnWorker;
        Submit(slot, job);
    }

    private void Submit(ActionSlot slot, AgentJob job)
    {
        Check.That(slot.IsFree, "two pieces of work at once for one resource");
        slot.JobIsOut = true;
        _pool.Submit(job);
    }

    private void DispatchParked(int index, ActionSlot slot)
    {
        if (slot.Stage == ActionStage.Parked && slot.IsFree)
        {
            Dispatch(index, slot);
        }
    }

    private void Remember(ActionSlot slot, AgentJob job, long nowNs)
    {
        if (job.Result == AgentResult.Ok && slot.Action == AgentAction.Start && job.Held is { } held)
        {
            Keeper.Hold(job.Slot, held, nowNs);
        }

        slot.Seen = job.Result == AgentResult.Ok ? job.Held : null;
    }

    private void Finish(ActionSlot slot, AgentResult result, string reason, long nowNs)
    {
        int last = _active[--_activeCount];
        _active[slot.ActivePosition] = last;
        _slots[last].ActivePosition = slot.ActivePosition;
        slot.Stage = ActionStage.None;
        FindNext();
        Durations.Add(slot.Action, slot.Program.Kind, nowNs - slot.BegunNs);
        Score = slot.View is null ? null : PromotionScore.Read(_table.Paths.AttributeDirectory, _table.Node, slot.Config.Name);
        MaySetAttributes = slot.Program.Kind == ProgramKind.Ocf && _table.HasShims;
        LeavePlace(slot);
        _sink.OnAgentFinished(slot.ActionId, result, reason, nowNs - slot.BegunNs);
        Output = "";
        ErrorOutput = "";
    }

    private static string OverTime(ActionSlot slot) => "did not finish within " + slot.Timeout;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
