using System;
using System.Collections.Generic;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// Lets this node in again at the devices that cut nodes off instead of switching them off: asks each device for this very node for its metadata, and
/// says "on" to those that want it said by the node after its boot. One device after the other; the first failure ends it, the core asks again.
/// These devices are the peer's to shoot with: nothing else is ever said to them here.
/// </summary>
internal sealed class Unfencer(IReadOnlyList<FenceDevice> devices, int self, StonithRunner runner, Action<uint, bool, string> ended)
{
    private readonly List<string> _done = [];
    private uint _request;
    private int _device = -1;
    private bool _switchesOn;

    public bool Owns(int device) => device == _device;

    public long NextDeadlineNs { get; private set; } = long.MaxValue;

    /// <summary>Begins with the next <see cref="Expire"/>, because it may end at once. There must be none under way.</summary>
    public void Begin(uint request, long nowNs)
    {
        _request = request;
        _done.Clear();
        NextDeadlineNs = nowNs;
    }

    public void Expire(long nowNs)
    {
        if (NextDeadlineNs <= nowNs)
        {
            NextDeadlineNs = long.MaxValue;
            Next(0, nowNs);
        }
    }

    public void OnDone(StonithOutcome outcome, string text, long nowNs)
    {
        FenceDevice device = devices[_device];
        _device = -1;
        if (outcome is StonithOutcome.Failed or StonithOutcome.TimedOut or StonithOutcome.Unusable)
        {
            ended(_request, false, device.Config.Name + (_switchesOn ? ": on: " : ": its metadata: ") + text);
            return;
        }

        if (_switchesOn)
        {
            _done.Add(device.Config.Name);
        }

        Next(_switchesOn ? device.Index + 1 : device.Index, nowNs);
    }

    private void Next(int from, long nowNs)
    {
        for (int i = from; i < devices.Count; i++)
        {
            // What cannot be used on this machine at all has been told at the start; it may be a device of power, which only the peer needs.
            FenceDevice device = devices[i];
            bool asks = device.Config.Node == self && device.Problem is null && device.Driver is IUnfencingDriver { Unfences: not false };
            if (asks)
            {
                _device = i;
                _switchesOn = device.Driver is IUnfencingDriver { Unfences: true };
                runner.Begin(i, _switchesOn ? StonithOperation.On : StonithOperation.MetaData, device.Config.Timeout, nowNs);
                return;
            }
        }

        ended(_request, true, string.Join(", ", _done));
    }
}
