using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Hbd.Core.Resources;
using Hbd.Sys;

namespace Hbd.Daemon.Agents.Plugins;

/// <summary>
/// Which shared objects are at work inside the daemon, in a file that outlives it. Whoever is still in there when the next
/// life begins was at work when this one ended: the daemon that crashes cannot say who did it, its file can. Written by
/// workers, with no system call; a machine that went down blames nobody.
/// </summary>
internal sealed class PluginJournal : IDisposable
{
    /// <summary>More than there are threads that could call an agent.</summary>
    public const int Entries = 15;

    public const int Bytes = HeaderBytes + (Entries * EntryBytes);

    private const int HeaderBytes = 64;
    private const int EntryBytes = 256;
    private const int BootBytes = 36;
    private const int BootAt = 8;
    private const int AgentAt = 16;
    private const int AgentBytes = 112;
    private const int InstanceAt = AgentAt + AgentBytes;
    private const int InstanceBytes = EntryBytes - InstanceAt;
    private const int Free = 0;
    private const int Claimed = 1;
    private const int Running = 2;

    private readonly SharedPage _page;
    private int _running;

    private PluginJournal(SharedPage page) => _page = page;

    private static ReadOnlySpan<byte> Magic => "HBDPLUG1"u8;

    /// <summary>Opens it and says who was running when the last life ended. <see cref="Begin"/> comes next.</summary>
    /// <param name="bootId">Of the machine's present boot.</param>
    public static PluginJournal? Open(string path, string bootId, out IReadOnlyList<PluginTrace> left, out string problem)
    {
        left = [];
        problem = "";
        Errno error = SharedPage.Open(path, Bytes, out SharedPage? page);
        if (error.IsError)
        {
            problem = path + ": " + error;
            return null;
        }

        left = Read(page!.Bytes, bootId);
        return new PluginJournal(page);
    }

    /// <summary>Forgets the last life: what it left behind is on the disk by now.</summary>
    public void Begin(string bootId)
    {
        _page.Bytes.Clear();
        Magic.CopyTo(_page.Bytes);
        Put(_page.Bytes.Slice(BootAt, BootBytes + 1), bootId);
    }

    /// <summary>What a journal says. Any bytes will do.</summary>
    public static IReadOnlyList<PluginTrace> Read(ReadOnlySpan<byte> bytes, string bootId)
    {
        List<PluginTrace> traces = [];
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic) || Get(bytes.Slice(BootAt, BootBytes + 1)) != bootId)
        {
            return traces;
        }

        for (int i = 0; i < Entries; i++)
        {
            ReadOnlySpan<byte> entry = bytes.Slice(HeaderBytes + (i * EntryBytes), EntryBytes);
            string agent = Get(entry.Slice(AgentAt, AgentBytes));
            if (BinaryPrimitives.ReadInt32LittleEndian(entry) == Running && agent.Length > 0)
            {
                int action = BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
                traces.Add(new PluginTrace(agent, Get(entry.Slice(InstanceAt, InstanceBytes)), action));
            }
        }

        return traces;
    }

    /// <summary>An agent is about to be called. Any thread. Returns what <see cref="Leave"/> is to be told.</summary>
    /// <param name="action">-1: it is being loaded.</param>
    public int Enter(string agent, string instance, int action)
    {
        _ = Interlocked.Increment(ref _running);
        for (int i = 0; i < Entries; i++)
        {
            Span<byte> entry = Entry(i);
            ref int state = ref State(entry);
            if (Interlocked.CompareExchange(ref state, Claimed, Free) == Free)
            {
                BinaryPrimitives.WriteInt32LittleEndian(entry[4..], action);
                Put(entry.Slice(AgentAt, AgentBytes), agent);
                Put(entry.Slice(InstanceAt, InstanceBytes), instance);
                Volatile.Write(ref state, Running);
                return i;
            }
        }

        return -1;
    }

    /// <summary>It has come back. Any thread.</summary>
    public void Leave(int token)
    {
        if (token >= 0)
        {
            Volatile.Write(ref State(Entry(token)), Free);
        }

        _ = Interlocked.Decrement(ref _running);
    }

    /// <summary>False: somebody in this process has closed descriptors that were not his.</summary>
    public bool IsIntact => _page.IsIntact;

    /// <summary>Lets go, unless something is still at work: it will want to say that it has come back.</summary>
    public void Dispose()
    {
        if (Volatile.Read(ref _running) == 0)
        {
            _page.Dispose();
        }
    }

    private static ref int State(Span<byte> entry)
        => ref System.Runtime.InteropServices.MemoryMarshal.AsRef<int>(entry[..sizeof(int)]);

    private Span<byte> Entry(int index) => _page.Bytes.Slice(HeaderBytes + (index * EntryBytes), EntryBytes);

    /// <summary>Cut to what fits, with a zero byte behind it.</summary>
    private static void Put(Span<byte> place, string text)
    {
        place.Clear();
        _ = System.Text.Unicode.Utf8.FromUtf16(text, place[..^1], out _, out _);
    }

    private static string Get(ReadOnlySpan<byte> place)
    {
        int end = place.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? place : place[..end]);
    }
}

/// <summary>An action that was running when a daemon ended.</summary>
/// <param name="Action">An <see cref="AgentAction"/>, or -1: it was being loaded.</param>
internal sealed record PluginTrace(string Agent, string Instance, int Action);
