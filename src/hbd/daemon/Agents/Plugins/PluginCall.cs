using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Hbd.Core.Resources;
using Hbd.Plugin;

namespace Hbd.Daemon.Agents.Plugins;

/// <summary>
/// A request as C sees it: made once for a resource, used for each of its actions. Its memory is never given back: an agent
/// that hangs may look at it for as long as the daemon lives.
/// </summary>
internal sealed unsafe class PluginCall
{
    private readonly hbd_agent_request* _request;
    private readonly hbd_agent_reply* _reply;
    private readonly int* _cancel;
    private readonly IPluginOutput _output;
    private volatile int _thread;

    public PluginCall(
        string instance, string stateDirectory, IReadOnlyList<string> arguments,
        IReadOnlyList<KeyValuePair<string, string>> parameters, IPluginOutput output)
    {
        _output = output;
        _cancel = (int*)Allocate(sizeof(long));
        _request = (hbd_agent_request*)Allocate(sizeof(hbd_agent_request));
        _reply = (hbd_agent_reply*)Allocate(sizeof(hbd_agent_reply));
        _request->version = AgentAbi.HBD_AGENT_VERSION;
        _request->size = (uint)sizeof(hbd_agent_request);
        _request->instance = Text(instance);
        _request->state_directory = Text(stateDirectory);
        _request->parameters = (hbd_parameter*)Allocate(sizeof(hbd_parameter) * parameters.Count);
        _request->parameter_count = (uint)parameters.Count;
        for (int i = 0; i < parameters.Count; i++)
        {
            _request->parameters[i] = new hbd_parameter { name = Text(parameters[i].Key), value = Text(parameters[i].Value) };
        }

        _request->arguments = (byte**)Allocate(sizeof(byte*) * arguments.Count);
        _request->argument_count = (uint)arguments.Count;
        for (int i = 0; i < arguments.Count; i++)
        {
            _request->arguments[i] = Text(arguments[i]);
        }

        _request->cancel = _cancel;
        _reply->version = AgentAbi.HBD_AGENT_VERSION;
        _reply->size = (uint)sizeof(hbd_agent_reply);
        _reply->context = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(this));
        _reply->output = &OnOutput;
        _reply->reason = &OnReason;
    }

    /// <summary>Any thread: the agent is asked to come back.</summary>
    public void Cancel() => Volatile.Write(ref *_cancel, 1);

    /// <summary>On the thread that calls. Words are taken from now on.</summary>
    public int Run(
        delegate* unmanaged[Cdecl]<hbd_agent_request*, hbd_agent_reply*, int> run, AgentAction action, uint checkLevel,
        long deadlineNs)
    {
        _request->action = (uint)action;
        _request->check_level = checkLevel;
        _request->deadline_ns = deadlineNs;
        _thread = Environment.CurrentManagedThreadId;
        int code = run(_request, _reply);
        _thread = 0;
        return code;
    }

    /// <summary>Before the action is handed out, so that an early <see cref="Cancel"/> is not lost.</summary>
    public void Reset() => Volatile.Write(ref *_cancel, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnOutput(void* context, uint severity, byte* bytes, nuint length)
    {
        if (Of(context) is { } call && bytes != null)
        {
            // A span has at most 2 GiB; only the end of it would be kept anyhow.
            const int Most = 1 << 20;
            nuint skipped = length > Most ? length - Most : 0;
            call._output.Write(new ReadOnlySpan<byte>(bytes + skipped, (int)(length - skipped)), severity >= 2);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnReason(void* context, byte* text)
    {
        const int Most = 1_024;
        if (Of(context) is { } call && text != null)
        {
            int length = 0;
            while (length < Most && text[length] != 0)
            {
                length++;
            }

            call._output.Reason(ProgramResult.Clean(Encoding.UTF8.GetString(text, length)));
        }
    }

    /// <summary>Null for words that come too late or from another thread than the one that is in run.</summary>
    private static PluginCall? Of(void* context)
        => GCHandle.FromIntPtr((nint)context).Target is PluginCall call && call._thread == Environment.CurrentManagedThreadId
            ? call : null;

    private static byte* Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte* copy = (byte*)Allocate(bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }

    private static void* Allocate(int bytes) => NativeMemory.AllocZeroed((nuint)Math.Max(1, bytes));
}
