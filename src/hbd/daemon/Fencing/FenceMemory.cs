using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Hbd.Core;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// What must survive this daemon: requests that wait for a person, what is to be switched on again, and when nodes were fenced. Two nodes that shoot each
/// other lose everything but their disks each time, and the brake has to see just that. In wall-clock time, because it is
/// the only one that goes on over a reboot.
/// </summary>
internal sealed class FenceMemory
{
    private const string Format = "hbd-fencing-1";
    private const string FileName = "fencing";
    private const int BytesMax = 16 * 1024;

    private readonly IReadOnlyList<string> _nodes;
    private readonly List<long>[] _shots;
    private readonly FencePending?[] _pending;
    private readonly List<FenceDebt>[] _owed;
    private readonly List<FenceDebt>[] _known;
    private readonly FenceStateJob _job;
    private bool _writing;
    private bool _stale;

    public FenceMemory(IReadOnlyList<string> nodes, string directory)
    {
        _nodes = nodes;
        _shots = new List<long>[nodes.Count];
        _pending = new FencePending?[nodes.Count];
        _owed = new List<FenceDebt>[nodes.Count];
        _known = new List<FenceDebt>[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            _shots[i] = [];
            _owed[i] = [];
            _known[i] = [];
        }

        string path = Path.Combine(directory, FileName);
        _job = new FenceStateJob(path);
        byte[] buffer = new byte[BytesMax];
        Errno error = StateFile.Read(path, buffer, out int length);
        Problem = error.IsError && error.Value != Errno.ENOENT ? path + ": " + error.Text : null;
        if (!error.IsError)
        {
            Read(Encoding.UTF8.GetString(buffer, 0, length));
        }
    }

    /// <summary>Why nothing is remembered; null when all is well.</summary>
    public string? Problem { get; private set; }

    public static long WallMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public FencePending? Pending(int node) => _pending[node];

    /// <summary>As it is in the file, in wall-clock time.</summary>
    public IReadOnlyList<FenceDebt> Owed(int node) => _owed[node];

    /// <param name="debts">In monotonic time.</param>
    public void Owe(int node, List<FenceDebt> debts, long nowNs, StonithRunner runner)
    {
        bool same = debts.Count == _known[node].Count && (debts.Count > 0 || _owed[node].Count == 0);
        for (int i = 0; same && i < debts.Count; i++)
        {
            same = debts[i] == _known[node][i];
        }

        if (!same)
        {
            long wallMs = WallMs;
            _known[node] = debts;
            _owed[node] = debts.ConvertAll(d => d with { Due = wallMs + (Math.Max(0, d.Due - nowNs) / 1_000_000) });
            Write(runner);
        }
    }

    /// <summary>Asks for a person, unless one is asked already.</summary>
    public void Ask(int node, string action, StonithRunner runner)
    {
        if (_pending[node] is null)
        {
            _pending[node] = new FencePending(_nodes[node], action, DateTimeOffset.UtcNow);
            Write(runner);
        }
    }

    public void Answered(int node, StonithRunner runner)
    {
        if (_pending[node] is not null)
        {
            _pending[node] = null;
            Write(runner);
        }
    }

    /// <summary>Fencings of this node in the last while. A clock that was set back makes them look recent: safe.</summary>
    public int Shots(int node, Duration within)
    {
        long after = WallMs - within.Milliseconds;
        int count = 0;
        foreach (long at in _shots[node])
        {
            count += at > after ? 1 : 0;
        }

        return count;
    }

    public void Shot(int node, StonithRunner runner)
    {
        if (_shots[node].Count == Limits.FenceHistory)
        {
            _shots[node].RemoveAt(0);
        }

        _shots[node].Add(WallMs);
        Write(runner);
    }

    /// <summary>An administrator has looked at it: counting begins anew.</summary>
    public void Forgive(int node, StonithRunner runner)
    {
        if (_shots[node].Count > 0)
        {
            _shots[node].Clear();
            Write(runner);
        }
    }

    public void OnWritten(string? problem, StonithRunner runner)
    {
        _writing = false;
        Problem = problem;
        if (_stale)
        {
            Write(runner);
        }
    }

    private void Write(StonithRunner runner)
    {
        _stale = _writing;
        if (_writing)
        {
            return;
        }

        _writing = true;
        _job.Set(Encoding.UTF8.GetBytes(Text()));
        runner.Write(_job);
    }

    private string Text()
    {
        StringBuilder text = new(Format + "\n");
        for (int node = 0; node < _nodes.Count; node++)
        {
            foreach (long at in _shots[node])
            {
                text.Append(CultureInfo.InvariantCulture, $"shot {_nodes[node]} {at}\n");
            }

            foreach (FenceDebt debt in _owed[node])
            {
                text.Append(CultureInfo.InvariantCulture, $"owes {_nodes[node]} {debt.Due} {debt.Device}\n");
            }

            if (_pending[node] is { } pending)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"pending {_nodes[node]} {pending.Since.ToUnixTimeMilliseconds()} {pending.Action}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Lines of another version, or of nodes that are no more, mean nothing.</summary>
    private void Read(string text)
    {
        string[] lines = text.Split('\n');
        if (lines[0] != Format)
        {
            return;
        }

        foreach (string line in lines)
        {
            string[] words = line.Split(' ');
            int node = words.Length >= 3 ? IndexOf(words[1]) : -1;
            if (node < 0 || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out long at)
                || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            {
                continue;
            }

            if (words[0] == "shot" && _shots[node].Count < Limits.FenceHistory)
            {
                _shots[node].Add(at);
            }
            else if (words[0] == "owes" && words.Length == 4)
            {
                _owed[node].Add(new FenceDebt(words[3], at));
            }
            else if (words[0] == "pending" && words.Length == 4)
            {
                _pending[node] = new FencePending(_nodes[node], words[3], DateTimeOffset.FromUnixTimeMilliseconds(at));
            }
        }
    }

    private int IndexOf(string name)
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_nodes[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
