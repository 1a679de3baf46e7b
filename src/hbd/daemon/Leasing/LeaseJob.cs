using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Sys;

namespace Hbd.Daemon.Leasing;

/// <summary>
/// One round of telling the kernel what is promised of each group's addresses. Belongs to the worker while it is out; the loop writes
/// what is wanted before and reads the outcome after.
/// </summary>
internal sealed class LeaseJob(string table, IReadOnlyList<NetAddress>[] addresses) : IDisposable
{
    private const long AnswerNs = 200_000_000;

    private readonly AddressService[] _applied = new AddressService[addresses.Length];
    private readonly bool[] _served = new bool[addresses.Length];
    private readonly long[] _milliseconds = new long[addresses.Length];
    private AddressGate? _gate;
    private bool _installed;
    private volatile bool _isOver;

    /// <summary>By group.</summary>
    public AddressPromise[] Wanted { get; } = new AddressPromise[addresses.Length];

    /// <summary>Null, or why the kernel guards nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>Somebody had removed what the kernel had been told; it is back.</summary>
    public bool Repaired { get; private set; }

    /// <summary>The daemon ends: what was removed stays so.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }

    /// <summary>On the worker.</summary>
    public void Execute()
    {
        Repaired = false;
        bool wasThere = _installed;
        Errno error = Apply();
        if (wasThere && error.Value == Errno.ENOENT && !IsOver)
        {
            Forget();
            error = Apply();
            Repaired = !error.IsError;
        }

        Problem = error.IsError ? "nf_tables: " + (_gate?.LastText ?? error.Text) : null;
        if (error.IsError)
        {
            // Rather as without it than silent while this daemon lives.
            _ = wasThere ? _gate?.Remove(MonotonicClock.NowNs() + AnswerNs) : null;
            Forget();
        }
    }

    /// <summary>Nothing is guarded any more.</summary>
    public void Remove()
    {
        _gate ??= AddressGate.Open(table, out _);
        _ = _gate?.Remove(MonotonicClock.NowNs() + AnswerNs);
    }

    public void Dispose() => _gate?.Dispose();

    private void Forget()
    {
        _installed = false;
        Array.Clear(_applied);
        Array.Clear(_served);
    }

    private Errno Apply()
    {
        Errno error = Errno.None;
        long deadlineNs = MonotonicClock.NowNs() + AnswerNs;
        _gate ??= AddressGate.Open(table, out error);
        if (_gate is null)
        {
            return error;
        }

        if (!_installed)
        {
            error = _gate.Install(deadlineNs);
            _installed = !error.IsError;
        }

        for (int group = 0; group < Wanted.Length && !error.IsError; group++)
        {
            if (addresses[group].Count > 0 && Wanted[group].Service != _applied[group])
            {
                error = Change(group, Wanted[group].Service, deadlineNs);
            }
        }

        return error.IsError ? error : Serve(deadlineNs);
    }

    private Errno Change(int group, AddressService wanted, long deadlineNs)
    {
        AddressService applied = _applied[group];
        Errno error = Errno.None;
        if (wanted == AddressService.None)
        {
            error = _gate!.Unguard(addresses[group], deadlineNs);
        }
        else if (wanted != AddressService.Undecided && applied is AddressService.None or AddressService.Undecided)
        {
            error = _gate!.Guard(addresses[group], deadlineNs);
        }

        if (wanted == AddressService.Silent && !error.IsError)
        {
            error = _gate!.Silence(addresses[group], deadlineNs);
        }

        _applied[group] = error.IsError ? applied : wanted;
        return error;
    }

    /// <summary>The times count from now, not from when the loop asked: a promise that waited does not grow.</summary>
    private Errno Serve(long deadlineNs)
    {
        bool changed = false;
        bool any = false;
        long nowNs = MonotonicClock.NowNs();
        for (int group = 0; group < Wanted.Length; group++)
        {
            _milliseconds[group] = (Wanted[group].Until.Nanoseconds - nowNs) / 1_000_000;
            bool serve = addresses[group].Count > 0 && Wanted[group].Service == AddressService.Served && _milliseconds[group] > 0;
            changed |= serve != _served[group];
            any |= serve;
            _served[group] = serve;
        }

        if (changed)
        {
            Choose();
        }

        return any ? _gate!.Serve(_milliseconds, deadlineNs) : Errno.None;
    }

    private void Choose()
    {
        List<(NetAddress Address, int Time)> chosen = [];
        for (int group = 0; group < _served.Length; group++)
        {
            for (int i = 0; i < addresses[group].Count && _served[group]; i++)
            {
                chosen.Add((addresses[group][i], group));
            }
        }

        _gate!.Choose(chosen);
    }
}
