using System.Globalization;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// One device's part in a request: the command, its attempts, and the question afterwards whether the node is off.
/// Invariant: it ends, because every attempt has a timeout, attempts are counted and the question has a deadline.
/// </summary>
internal sealed class FenceTask
{
    /// <summary>Between attempts, and between questions: a management board that is asked faster only gets slower.</summary>
    private const long PauseNs = 1_000_000_000;

    private readonly StonithRunner _runner;
    private int _attempt;
    private bool _verifying;
    private long _verifyUntilNs;
    private long _askedNs;
    private bool _calledOff;

    public FenceTask(FenceDevice device, StonithOperation operation, StonithRunner runner)
    {
        Device = device;
        Operation = operation;
        _runner = runner;
    }

    public FenceDevice Device { get; }

    public StonithOperation Operation { get; }

    public bool IsDone { get; private set; }

    public FenceResult Result { get; private set; }

    public string Text { get; private set; } = "";

    /// <summary>When the command was begun whose answer is the result.</summary>
    public long ProofBegunNs { get; private set; }

    /// <summary>A shot was begun with it, whatever came of it.</summary>
    public bool MayBeOff { get; private set; }

    /// <summary>A person was asked.</summary>
    public bool WaitsForHuman { get; private set; }

    /// <summary>When it wants to be woken.</summary>
    public long WakeNs { get; private set; } = long.MaxValue;

    /// <summary>The node is to be switched on again once all of it is off.</summary>
    public bool NeedsOn { get; private init; }

    /// <summary>The first step of an action on this device.</summary>
    /// <param name="several">Other devices have to be off at the same time: two power supplies.</param>
    public static FenceTask For(FenceAction action, FenceDevice device, bool several, bool braked, StonithRunner runner)
    {
        StonithOperation operation = First(action, device, several, braked);
        bool on = action == FenceAction.Reboot && operation == StonithOperation.Off && !braked
            && device.Config.Method != StonithMethod.Off && device.Driver.Can(StonithOperation.On);
        return new FenceTask(device, operation, runner) { NeedsOn = on };
    }

    public void Begin(long nowNs)
    {
        if (Device.IsHuman && Operation != StonithOperation.On)
        {
            WaitsForHuman = true;
            WakeNs = nowNs + Device.Config.Timeout.Nanoseconds;
        }
        else if (Device.IsHuman)
        {
            Done(FenceResult.Proven, "left to the person who switched it off");
        }
        else if (!Device.Driver.Can(Operation))
        {
            Done(FenceResult.Failed, "it cannot be told to " + Word(Operation));
        }
        else
        {
            Say(nowNs);
        }
    }

    /// <summary>
    /// From here on it begins no shot. One that has not begun is withdrawn, one that is under way is waited for, and so is the answer whether the
    /// node is off. It never ends in here, at the earliest when it is woken.
    /// </summary>
    public void CallOff(long nowNs)
    {
        if (IsDone || Operation == StonithOperation.On)
        {
            return;
        }

        _calledOff = true;
        bool pauses = WakeNs != long.MaxValue;
        if (!_verifying && (pauses || _runner.TryWithdraw(Device.Index)))
        {
            WakeNs = nowNs;
        }
    }

    /// <summary>The command to the device has ended.</summary>
    public void OnDone(StonithOutcome outcome, string text, long nowNs)
    {
        MayBeOff |= Operation != StonithOperation.On && outcome != StonithOutcome.Unusable;
        if (_verifying)
        {
            OnStatus(outcome, text, nowNs);
        }
        else if (outcome != StonithOutcome.Ok)
        {
            TryAgain(outcome, text, nowNs);
        }
        else if (Operation == StonithOperation.Off && Device.CanVerify)
        {
            _verifying = true;
            _verifyUntilNs = nowNs + Device.Config.Timeout.Nanoseconds;
            AskStatus(nowNs);
        }
        else
        {
            bool knows = Operation == StonithOperation.On || !Device.Config.ProvesNothing || Device.Config.Unsafe;
            Done(knows ? FenceResult.Proven : FenceResult.Assumed, Word(Operation) + " done");
        }
    }

    public void OnWake(long nowNs)
    {
        WakeNs = long.MaxValue;
        if (_calledOff && !_verifying)
        {
            WaitsForHuman = false;
            Done(FenceResult.Failed, Word(Operation) + (MayBeOff ? " failed and is not tried again: " + Text : " was not begun"));
        }
        else if (WaitsForHuman)
        {
            WaitsForHuman = false;
            Done(FenceResult.Failed, "nobody confirmed it within " + Device.Config.Timeout);
        }
        else if (_verifying)
        {
            AskStatus(nowNs);
        }
        else
        {
            Say(nowNs);
        }
    }

    /// <summary>Ends it without a word to anybody.</summary>
    public void Abandon()
    {
        if (!IsDone && !Device.IsHuman && WakeNs == long.MaxValue)
        {
            _runner.Abort(Device.Index);
        }

        WakeNs = long.MaxValue;
        WaitsForHuman = false;
        IsDone = true;
    }

    public static string Word(StonithOperation operation) => operation switch
    {
        StonithOperation.Off => "off",
        StonithOperation.On => "on",
        _ => "reset",
    };

    private static StonithOperation First(FenceAction action, FenceDevice device, bool several, bool braked)
    {
        bool canOff = device.Driver.Can(StonithOperation.Off);
        bool canReset = device.Driver.Can(StonithOperation.Reset);
        if (action == FenceAction.On)
        {
            return StonithOperation.On;
        }

        if (action == FenceAction.Off || braked)
        {
            // Braked, and only a reset button there: better pressed than not fenced.
            return braked && !canOff ? StonithOperation.Reset : StonithOperation.Off;
        }

        bool apart = device.Config.Method switch
        {
            StonithMethod.Off => true,
            StonithMethod.Cycle => false,
            _ => device.Driver.Can(StonithOperation.Status),
        };
        return several || (canOff && apart) || !canReset ? StonithOperation.Off : StonithOperation.Reset;
    }

    /// <summary>The one place where a shot is begun.</summary>
    private void Say(long nowNs)
    {
        Check.That(!_calledOff, "a shot after it was called off");
        _attempt++;
        ProofBegunNs = nowNs;
        _runner.Begin(Device.Index, Operation, Device.Config.Timeout, nowNs);
    }

    private void AskStatus(long nowNs)
    {
        _askedNs = nowNs;
        _runner.Begin(Device.Index, StonithOperation.Status, Device.Config.Timeout, nowNs);
    }

    private void OnStatus(StonithOutcome outcome, string text, long nowNs)
    {
        if (outcome == StonithOutcome.IsOff)
        {
            ProofBegunNs = _askedNs;
            Done(FenceResult.Proven, "off, and its status says so");
        }
        else if (nowNs + PauseNs < _verifyUntilNs)
        {
            WakeNs = nowNs + PauseNs;
        }
        else if (outcome == StonithOutcome.IsOn)
        {
            _verifying = false;
            TryAgain(outcome, "it said off, but its status still says on", nowNs);
        }
        else if (Device.Config.Verify == true)
        {
            Done(FenceResult.Failed, "it said off, but could not be asked afterwards: " + text);
        }
        else
        {
            // A fence agent says off only after it has seen it itself; a board that lost its power with the node is mute.
            FenceResult result = Device.Config.Kind == StonithKind.FenceAgent ? FenceResult.Proven : FenceResult.Assumed;
            Done(result, "off by its own word; it could not be asked afterwards: " + text);
        }
    }

    private void TryAgain(StonithOutcome outcome, string text, long nowNs)
    {
        if (!_calledOff && outcome != StonithOutcome.Unusable && _attempt <= Device.Config.Retries)
        {
            WakeNs = nowNs + PauseNs;
            Text = text;
            return;
        }

        string attempts = _attempt > 1 ? " (" + _attempt.ToString(CultureInfo.InvariantCulture) + " attempts)" : "";
        Done(FenceResult.Failed, Word(Operation) + " failed: " + text + attempts);
    }

    private void Done(FenceResult result, string text)
    {
        IsDone = true;
        Result = result;
        Text = text;
    }
}
