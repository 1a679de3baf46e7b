using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Daemon.Workers;
using Hbd.Plugins.Agents.IPaddr;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>
/// The one piece of work a resource can have on a worker. There is one object a resource, used again and again: as long
/// as it is out, nothing else of that resource runs anywhere.
/// </summary>
internal sealed class AgentJob : IWork, IAgentOutput, IPluginOutput
{
    private volatile bool _taken;
    private volatile bool _givenUp;
    private AgentRequest _request;
    private AgentProgram? _program;
    private List<string>? _arguments;
    private List<string>? _variables;
    private HeldAddress? _restore;
    private long _deadlineNs;
    private readonly Action<bool> _noteInside;
    private PluginHost? _plugins;
    private PluginCall? _call;
    private volatile bool _inside;

    public AgentJob(int slot)
    {
        Slot = slot;
        _noteInside = inside => _inside = inside;
    }

    public int Slot { get; }

    public JobKind Kind { get; private set; }

    /// <summary>The loop has stopped waiting: its result is nobody's any more.</summary>
    public bool IsGivenUp => _givenUp;

    /// <summary>It was given up while a worker was busy with it.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>The code of a shared object is at work, not that of hbd.</summary>
    public bool IsInside => _inside;

    /// <summary>It is about a shared object in this process.</summary>
    public bool IsPlugin { get; private set; }

    /// <summary>What a shared object has printed; null: nothing.</summary>
    public TailBuffer? Output { get; private set; }

    /// <inheritdoc cref="Output"/>
    public TailBuffer? Errors { get; private set; }

    public AgentResult Result { get; private set; }

    public string Reason { get; private set; } = "";

    /// <summary>From the agent, or the address after a restore.</summary>
    public HeldAddress? Held { get; private set; }

    public SpawnedProcess? Process { get; private set; }

    public Errno Error { get; private set; }

    /// <summary>Restore: it was gone and has been added.</summary>
    public bool WasMissing { get; private set; }

    public void SetAgent(AgentProgram program, in AgentRequest request)
    {
        Reset(JobKind.Agent);
        _program = program;
        _request = request;
    }

    /// <param name="stateDirectory">Of this instance.</param>
    public void SetPlugin(PluginHost plugins, AgentProgram program, in AgentRequest request, string stateDirectory)
    {
        Reset(JobKind.Agent);
        IsPlugin = true;
        _plugins = plugins;
        _program = program;
        _request = request;
        Output?.Reset(Limits.AgentOutputBytes);
        Errors?.Reset(Limits.AgentOutputBytes);
        _call ??= new PluginCall(request.Instance, stateDirectory, request.Arguments, request.Parameters, this);
        _call.Reset();
    }

    public void SetSpawn(AgentProgram program, List<string> arguments, List<string> variables)
    {
        Reset(JobKind.Spawn);
        _program = program;
        _arguments = arguments;
        _variables = variables;
    }

    /// <summary>The unit an action of <see cref="JobKind.Unit"/> is about, and the action.</summary>
    public string Unit { get; private set; } = "";

    public AgentAction UnitAction { get; private set; }

    /// <summary>systemd could not be asked.</summary>
    public bool NeedsProgram { get; set; }

    public void SetUnit(string unit, AgentAction action)
    {
        Reset(JobKind.Unit);
        Unit = unit;
        UnitAction = action;
        NeedsProgram = false;
    }

    /// <summary>On the thread that speaks to systemd.</summary>
    public void UnitResult(AgentResult result, string reason)
    {
        Result = result;
        Reason = reason;
    }

    public void SetRestore(HeldAddress held, long deadlineNs)
    {
        Reset(JobKind.Restore);
        _restore = held;
        _deadlineNs = deadlineNs;
    }

    /// <summary>On the loop thread. What no worker has begun yet will not be begun.</summary>
    public void GiveUp()
    {
        _givenUp = true;
        IsStuck = _taken;
        _call?.Cancel();
    }

    public void Execute()
    {
        _taken = true;
        if (_givenUp)
        {
            return;
        }

        try
        {
            switch (Kind)
            {
                case JobKind.Agent:
                    Run();
                    break;
                case JobKind.Spawn:
                    Spawn();
                    break;
                default:
                    Error = IPaddrAgent.Restore(_restore!, _deadlineNs, out bool missing, out HeldAddress restored);
                    WasMissing = missing;
                    Held = restored;
                    break;
            }
        }
        catch (Exception e)
        {
            // The outermost handler of code that is not the daemon's own: the action failed, the daemon goes on.
            Result = AgentResult.Crashed;
            Error = new Errno(Errno.EIO);
            Reason = e.GetType().Name + ": " + e.Message;
        }
    }

    void IPluginOutput.Reason(string text) => Reason = text;

    void IPluginOutput.Write(ReadOnlySpan<byte> bytes, bool isProblem)
    {
        TailBuffer target = isProblem ? Errors ??= new TailBuffer(Limits.AgentOutputBytes) : Output ??= new TailBuffer(Limits.AgentOutputBytes);
        target.Append(bytes);
    }

    void IAgentOutput.Reason(string text) => Reason = text;

    void IAgentOutput.Holds(HeldAddress address) => Held = address;

    private void Run()
    {
        if (!IsPlugin)
        {
            Result = _program!.Agent!.Run(_request, this);
            return;
        }

        Result = _plugins!.Run(
            _program!.Plugin!, _call!, _request, _noteInside, out string problem);
        Reason = problem.Length > 0 ? problem : Reason;
        if (Reason.Length == 0 && Result is not (AgentResult.Ok or AgentResult.NotRunning))
        {
            Reason = ProgramResult.LastWords(Errors?.Text() ?? "", Output?.Text() ?? "", (int)Result);
        }
    }

    private void Spawn()
    {
        // Looked at again: the file may have changed since the configuration was read.
        string? problem = ProgramFile.Problem(_program!.Path, out _);
        if (problem is not null)
        {
            Result = AgentResult.Unreachable;
            Reason = problem;
            return;
        }

        Error = Spawner.Spawn(_program.Path, _arguments!, _variables!, out SpawnedProcess? process);
        Process = process;
        if (Error.IsError)
        {
            Result = AgentResult.Unreachable;
            Reason = _program.Path + " cannot be started: " + Error;
        }
    }

    private void Reset(JobKind kind)
    {
        Kind = kind;
        IsPlugin = false;
        _inside = false;
        _givenUp = false;
        IsStuck = false;
        _taken = false;
        Result = AgentResult.Ok;
        Reason = "";
        Held = null;
        Process = null;
        Error = Errno.None;
        WasMissing = false;
    }
}
