using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

namespace Hbd.Plugin;

/// <summary>What an agent is asked to do: <c>enum hbd_action</c>.</summary>
public enum SharedAction
{
    Start = 0,
    Stop = 1,
    Monitor = 2,
    MetaData = 3,
    ValidateAll = 4,
}

/// <summary>What it answers: <c>enum hbd_result</c>, the codes of OCF.</summary>
public enum SharedResult
{
    Ok = 0,
    Generic = 1,
    Arguments = 2,
    Unimplemented = 3,
    Permission = 4,
    NotInstalled = 5,
    NotConfigured = 6,
    NotRunning = 7,
    RunningPromoted = 8,
    FailedPromoted = 9,
    Degraded = 190,
    DegradedPromoted = 191,
}

/// <summary>One action: what was asked, and where words go. Valid until the action returns.</summary>
public sealed unsafe class SharedCall
{
    private readonly hbd_agent_reply* _reply;
    private readonly int* _cancel;

    internal SharedCall(hbd_agent_request* request, hbd_agent_reply* reply)
    {
        _reply = reply;
        _cancel = request->cancel;
        Instance = Text(request->instance);
        StateDirectory = Text(request->state_directory);
        CheckLevel = (int)request->check_level;
        DeadlineNs = request->deadline_ns;
        Dictionary<string, string> parameters = [];
        for (uint i = 0; i < request->parameter_count; i++)
        {
            parameters[Text(request->parameters[i].name)] = Text(request->parameters[i].value);
        }

        string[] arguments = new string[request->argument_count];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Text(request->arguments[i]);
        }

        Parameters = parameters;
        Arguments = arguments;
    }

    /// <summary>The resource's name.</summary>
    public string Instance { get; }

    /// <summary>A directory for this instance alone, empty after a reboot.</summary>
    public string StateDirectory { get; }

    public int CheckLevel { get; }

    /// <summary>CLOCK_MONOTONIC.</summary>
    public long DeadlineNs { get; }

    public IReadOnlyDictionary<string, string> Parameters { get; }

    public IReadOnlyList<string> Arguments { get; }

    /// <summary>hbd has given this action up: take back what was begun and return.</summary>
    public bool IsCancelled => Volatile.Read(ref *_cancel) != 0;

    /// <summary>Why, in one line; the last one counts.</summary>
    public void Reason(string text)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(text + "\0"))
        {
            _reply->reason(_reply->context, bytes);
        }
    }

    /// <summary>A line for whoever looks at the output of an action.</summary>
    public void Say(string line)
    {
        byte[] text = Encoding.UTF8.GetBytes(line + "\n");
        fixed (byte* bytes = text)
        {
            _reply->output(_reply->context, 1, bytes, (nuint)text.Length);
        }
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}

/// <summary>
/// An agent in a shared object of its own: derive, and export it with
/// <c>[UnmanagedCallersOnly(EntryPoint = "hbd_agent_v1")] static nint Export() => SharedAgentTable.Of(agent);</c>
/// Everything that hbd_agent.h says holds: no state in memory between calls, several instances at once on different threads.
/// An exception is a failure with its message as the reason.
/// </summary>
public abstract class SharedAgent
{
    public abstract string Name { get; }

    /// <summary>OCF meta-data.</summary>
    public abstract string MetaData { get; }

    /// <summary>Start of what runs is <see cref="SharedResult.Ok"/>.</summary>
    public abstract SharedResult Start(SharedCall call);

    /// <summary>Stop of what does not run is <see cref="SharedResult.Ok"/>.</summary>
    public abstract SharedResult Stop(SharedCall call);

    /// <summary>Changes nothing. <see cref="SharedResult.Ok"/>, <see cref="SharedResult.NotRunning"/>, or a failure.</summary>
    public abstract SharedResult Monitor(SharedCall call);

    /// <summary>Looks at the parameters and touches nothing.</summary>
    public virtual SharedResult ValidateAll(SharedCall call) => SharedResult.Ok;
}

/// <summary>The table of entry points that hbd gets for an agent.</summary>
public static unsafe class SharedAgentTable
{
    private static SharedAgent? s_agent;
    private static hbd_agent* s_table;
    private static byte* s_metaData;

    /// <summary>The same address however often it is called. One agent a shared object.</summary>
    public static nint Of(SharedAgent agent)
    {
        if (s_table == null)
        {
            s_agent = agent;
            s_metaData = Keep(agent.MetaData);
            hbd_agent* table = (hbd_agent*)NativeMemory.AllocZeroed((nuint)sizeof(hbd_agent));
            table->version = AgentAbi.HBD_AGENT_VERSION;
            table->size = (uint)sizeof(hbd_agent);
            table->name = Keep(agent.Name);
            table->meta_data = &MetaData;
            table->run = &Run;
            s_table = table;
        }

        return (nint)s_table;
    }

    /// <summary>For the life of the process: hbd never unloads an agent.</summary>
    private static byte* Keep(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte* kept = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(kept, bytes.Length));
        return kept;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static byte* MetaData() => s_metaData;

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int Run(hbd_agent_request* request, hbd_agent_reply* reply)
    {
        SharedCall call = new(request, reply);
        try
        {
            SharedAgent agent = s_agent!;
            return (int)((SharedAction)request->action switch
            {
                SharedAction.Start => agent.Start(call),
                SharedAction.Stop => agent.Stop(call),
                SharedAction.Monitor => agent.Monitor(call),
                SharedAction.ValidateAll => agent.ValidateAll(call),
                _ => SharedResult.Unimplemented,
            });
        }
        catch (Exception e)
        {
            // Nothing may leave through the C interface.
            call.Reason(e.GetType().Name + ": " + e.Message);
            return (int)SharedResult.Generic;
        }
    }
}
