using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using Hbd.Sys;

namespace Hbd.Daemon.Agents.Plugins;

/// <summary>
/// Agents that may not run inside the daemon any more: they hung or crashed it. Kept in a file until an administrator
/// clears them. Read on any thread; changed by the loop, which does not wait for the disk: a thread of its own writes.
/// </summary>
internal sealed class Quarantine : IDisposable
{
    public const string FileName = "quarantine";

    private const int FileBytes = 64 * 1024;
    private const int JoinMs = 1_000;
    private const int StackBytes = 128 * 1024;

    private readonly string _path;
    private readonly EventSemaphore _wake = new();
    private Thread? _writer;
    private volatile bool _stopping;
    private IReadOnlyList<QuarantineEntry> _written = [];
    private volatile IReadOnlyList<QuarantineEntry> _entries;

    public Quarantine(string stateDirectory)
    {
        _path = stateDirectory + "/" + FileName;
        _entries = Load(_path, out string problem);
        Problem = problem.Length > 0 ? problem : null;
    }

    public string? Problem { get; }

    public IReadOnlyList<QuarantineEntry> Entries => _entries;

    public static IReadOnlyList<QuarantineEntry> Load(string path, out string problem)
    {
        byte[] buffer = new byte[FileBytes];
        Errno error = StateFile.Read(path, buffer, out int length);
        problem = error.IsError && error.Value != Errno.ENOENT ? path + ": " + error : "";
        return Parse(buffer.AsSpan(0, error.IsError ? 0 : length));
    }

    /// <summary>Lines of agent, time and reason with tabs between them. What is no such line says nothing.</summary>
    public static IReadOnlyList<QuarantineEntry> Parse(ReadOnlySpan<byte> bytes)
    {
        List<QuarantineEntry> entries = [];
        foreach (string line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            string[] parts = line.Split('\t', 3);
            if (parts.Length == 3 && parts[0].Length > 0)
            {
                entries.Add(new QuarantineEntry(parts[0], parts[1], parts[2]));
            }
        }

        return entries;
    }

    /// <summary>Writes the file as a whole: by the thread of a daemon, or by a command when there is none.</summary>
    public static Errno Save(string path, IReadOnlyList<QuarantineEntry> entries)
    {
        StringBuilder text = new();
        foreach (QuarantineEntry entry in entries)
        {
            text.Append(entry.Agent).Append('\t').Append(entry.Since).Append('\t').Append(entry.Why).Append('\n');
        }

        return StateFile.Replace(path, Encoding.UTF8.GetBytes(text.ToString()), out _);
    }

    public bool Contains(string agent)
    {
        IReadOnlyList<QuarantineEntry> entries = _entries;
        for (int i = 0; i < entries.Count; i++)
        {
            if (string.Equals(entries[i].Agent, agent, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Starts the thread that writes: a daemon without shared objects has no use for it.</summary>
    public void EnsureWriter()
    {
        if (_writer is null)
        {
            _written = _entries;
            _writer = new Thread(Write, StackBytes) { IsBackground = true, Name = "quarantine" };
            _writer.Start();
        }
    }

    /// <summary>At start, where waiting for the disk is right: before what it is about is forgotten elsewhere.</summary>
    public void SaveNow() => _ = Save(_path, _entries);

    /// <summary>False: it already was.</summary>
    public bool Add(string agent, string why)
    {
        if (Contains(agent))
        {
            return false;
        }

        string since = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _entries = [.. _entries, new QuarantineEntry(agent, since, why.Replace('\t', ' ').Replace('\n', ' '))];
        _wake.Signal();
        return true;
    }

    /// <summary>False: it was not in there.</summary>
    public bool Clear(string agent)
    {
        List<QuarantineEntry> rest = [.. _entries];
        bool found = rest.RemoveAll(e => e.Agent == agent) > 0;
        if (found)
        {
            EnsureWriter();
            _entries = rest;
            _wake.Signal();
        }

        return found;
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        if (_writer is null || _writer.Join(JoinMs))
        {
            _wake.Dispose();
        }
    }

    private void Write()
    {
        while (true)
        {
            bool last = _stopping;
            IReadOnlyList<QuarantineEntry> entries = _entries;
            if (!ReferenceEquals(entries, _written))
            {
                // What cannot be written is in force for as long as this daemon lives.
                _ = Save(_path, entries);
                _written = entries;
            }
            else if (last)
            {
                return;
            }
            else
            {
                _wake.Wait();
            }
        }
    }
}

/// <summary>One agent that runs in processes of its own until it is cleared.</summary>
/// <param name="Since">UTC.</param>
internal sealed record QuarantineEntry(string Agent, string Since, string Why);
