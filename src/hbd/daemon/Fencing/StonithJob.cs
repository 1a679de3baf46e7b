using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Hbd.Daemon.Workers;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// The one piece of work a device can have on a worker: read its secrets, then start its program or call its function.
/// One object a device, used again and again.
/// </summary>
internal sealed class StonithJob : IWork
{
    private readonly FenceDevice _device;
    private volatile bool _givenUp;

    /// <summary>1: begun by the worker, or withdrawn before that; who sets it first decides.</summary>
    private int _taken;
    private StonithOperation _operation;
    private long _deadlineNs;

    public StonithJob(FenceDevice device) => _device = device;

    public int Device => _device.Index;

    public bool IsGivenUp => _givenUp;

    public StonithOutcome Outcome { get; private set; }

    public string Text { get; private set; } = "";

    /// <summary>The program, when one was started.</summary>
    public SpawnedProcess? Process { get; private set; }

    /// <summary>As it was sent, secrets in clear; dropped when the operation has ended.</summary>
    public StonithRequest? Request { get; private set; }

    public void Set(StonithOperation operation, long deadlineNs)
    {
        _operation = operation;
        _deadlineNs = deadlineNs;
        _givenUp = false;
        Volatile.Write(ref _taken, 0);
        Outcome = StonithOutcome.Failed;
        Text = "";
        Process = null;
        Request = null;
    }

    /// <summary>On the loop thread.</summary>
    public void GiveUp() => _givenUp = true;

    /// <summary>On the loop thread. True: the worker has not begun, and will not.</summary>
    public bool TryWithdraw()
    {
        bool withdrawn = Interlocked.Exchange(ref _taken, 1) == 0;
        _givenUp |= withdrawn;
        return withdrawn;
    }

    /// <summary>Forgets the secrets.</summary>
    public void Clear() => Request = null;

    /// <summary>A text that may go to a log.</summary>
    public string Hide(string text)
        => Request is null ? text : FenceSecrets.Hide(text, Request.Parameters, _device.Config.Secrets);

    public void Execute()
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0 || _givenUp)
        {
            return;
        }

        try
        {
            List<KeyValuePair<string, string>>? parameters =
                FenceSecrets.Resolve(_device.Config.Parameters, _device.Config.Secrets, out string problem);
            if (parameters is null)
            {
                (Outcome, Text) = (StonithOutcome.Unusable, problem);
                return;
            }

            Request = new StonithRequest(_operation, _device.Node, _device.Config.Plug, parameters, _deadlineNs);
            if (_device.Driver.Validate(Request) is { } wrong)
            {
                (Outcome, Text) = (StonithOutcome.Unusable, wrong);
            }
            else if (_device.Driver is IStonithFunction function)
            {
                Outcome = function.Run(Request, out string text);
                Text = text;
            }
            else
            {
                Spawn((IStonithProgram)_device.Driver, Request);
            }
        }
        catch (Exception e)
        {
            // The outermost handler of a driver: the command failed, the daemon goes on.
            (Outcome, Text) = (StonithOutcome.Failed, e.GetType().Name + ": " + e.Message);
        }
    }

    private void Spawn(IStonithProgram program, StonithRequest request)
    {
        StonithCall call = program.Call(request);
        if (ProgramFile.Problem(call.Path, out _) is { } problem)
        {
            (Outcome, Text) = (StonithOutcome.Unusable, problem);
            return;
        }

        byte[] input = Encoding.UTF8.GetBytes(call.Input);
        Errno error = Spawner.Spawn(call.Path, call.Arguments, call.Environment, input, out SpawnedProcess? process);
        Array.Clear(input);
        Process = process;
        if (error.IsError)
        {
            (Outcome, Text) = (StonithOutcome.Failed, call.Path + " cannot be started: " + error);
        }
    }
}
