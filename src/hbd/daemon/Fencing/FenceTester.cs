using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using Hbd.Core;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// Asks the devices that this node would use, before they are needed: is the program there, does the device answer, does
/// it know the node. With jitter, so that both nodes do not meet at one device that takes a single session.
/// </summary>
internal sealed class FenceTester
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>The first test comes soon: a fence path that is dead at the start is the usual one.</summary>
    private const long FirstWithinNs = 30 * SecondNs;

    /// <summary>A device that is fencing is tested when it has done.</summary>
    private const long PostponedNs = 60 * SecondNs;

    private readonly IReadOnlyList<FenceDevice> _devices;
    private readonly StonithRunner _runner;
    private readonly Action<FenceDevice, bool, string> _ended;
    private readonly long[] _dueNs;
    private readonly StonithOperation?[] _running;
    private readonly bool[] _requested;

    /// <param name="self">Devices for this node itself are the peer's to test.</param>
    public FenceTester(
        IReadOnlyList<FenceDevice> devices, int self, StonithRunner runner, long nowNs, Action<FenceDevice, bool, string> ended)
    {
        _devices = devices;
        _runner = runner;
        _ended = ended;
        _dueNs = new long[devices.Count];
        _running = new StonithOperation?[devices.Count];
        _requested = new bool[devices.Count];
        for (int i = 0; i < _dueNs.Length; i++)
        {
            Duration interval = devices[i].Config.SelfTest;
            bool due = devices[i].Config.Node != self && (interval > Duration.Zero || devices[i].Driver.Can(StonithOperation.MetaData));
            _dueNs[i] = due ? nowNs + Random(FirstWithinNs) : long.MaxValue;
        }

        FindNext();
    }

    public long NextDeadlineNs { get; private set; }

    public bool Owns(int device) => _running[device] is not null;

    /// <summary>An operator wants to know now.</summary>
    public void Request(int device, long nowNs)
    {
        if (!Owns(device))
        {
            _requested[device] = true;
            _dueNs[device] = nowNs;
            FindNext();
        }
    }

    /// <summary>The device is needed: a test that runs on it ends here.</summary>
    public void Preempt(int device, long nowNs)
    {
        if (Owns(device))
        {
            _running[device] = null;
            _runner.Abort(device);
            _dueNs[device] = nowNs + PostponedNs;
            FindNext();
        }
    }

    public void Expire(long nowNs)
    {
        for (int i = 0; nowNs >= NextDeadlineNs && i < _dueNs.Length; i++)
        {
            if (_dueNs[i] > nowNs)
            {
                continue;
            }

            _dueNs[i] = _runner.IsBusy(i) ? nowNs + PostponedNs : long.MaxValue;
            if (!_runner.IsBusy(i))
            {
                Next(_devices[i], null, nowNs);
            }
        }

        FindNext();
    }

    public void OnDone(int device, StonithOutcome outcome, string text, long nowNs)
    {
        StonithOperation done = _running[device]!.Value;
        _running[device] = null;
        if (outcome == StonithOutcome.Ok)
        {
            Next(_devices[device], done, nowNs);
        }
        else
        {
            End(_devices[device], ok: false, text, nowNs);
        }

        FindNext();
    }

    /// <summary>Metadata where it is missing, then the device, then whether it knows the node.</summary>
    private void Next(FenceDevice device, StonithOperation? done, long nowNs)
    {
        if (device.IsHuman)
        {
            End(device, ok: true, "a person; nothing to test", nowNs);
        }
        else if (done is null && device.Driver.Can(StonithOperation.MetaData))
        {
            Say(device, StonithOperation.MetaData, nowNs);
        }
        else if (device.Config.SelfTest == Duration.Zero && !_requested[device.Index])
        {
            // Its metadata was wanted, and nobody asked for a test.
            _dueNs[device.Index] = long.MaxValue;
        }
        else if (done is null or StonithOperation.MetaData)
        {
            Say(device, StonithOperation.Monitor, nowNs);
        }
        else if (done == StonithOperation.Monitor && device.Driver.Can(StonithOperation.Hosts))
        {
            Say(device, StonithOperation.Hosts, nowNs);
        }
        else
        {
            End(device, ok: true, "", nowNs);
        }
    }

    private void Say(FenceDevice device, StonithOperation operation, long nowNs)
    {
        _running[device.Index] = operation;
        _runner.Begin(device.Index, operation, device.Config.Timeout, nowNs);
    }

    private void End(FenceDevice device, bool ok, string text, long nowNs)
    {
        _requested[device.Index] = false;
        long interval = device.Config.SelfTest.Nanoseconds;
        _dueNs[device.Index] = interval == 0 ? long.MaxValue : nowNs + (interval / 10 * 9) + Random(interval / 5);
        _ended(device, ok, text);
    }

    private void FindNext()
    {
        NextDeadlineNs = long.MaxValue;
        foreach (long due in _dueNs)
        {
            NextDeadlineNs = Math.Min(NextDeadlineNs, due);
        }
    }

    private static long Random(long belowNs)
        => RandomNumberGenerator.GetInt32(0, 1_000_000) * (belowNs / 1_000_000);
}
