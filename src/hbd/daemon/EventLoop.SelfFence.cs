using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Control;
using Hbd.Daemon.SelfFencing;

namespace Hbd.Daemon;

/// <content>The watchdog device, and the end of a node that must not act any more.</content>
internal sealed partial class EventLoop
{
    private readonly SelfFencer _selfFencer;
    private Watchdog? _watchdog;

    /// <summary>Null when no watchdog is configured.</summary>
    public WatchdogStatus? WatchdogState => _watchdog?.Status(_now);

    /// <summary>Why no device has let this node in again; empty when that is not known.</summary>
    public string UnfenceText => _fencing?.UnfenceText ?? "";

    /// <summary>Null as long as this node has not fenced itself.</summary>
    public SelfFenceStatus? SelfFence => _selfFencer.Status(_now);

    /// <summary>Opens, and so arms, the configured watchdog. Null, or why this daemon cannot run.</summary>
    public string? ArmWatchdog()
    {
        string? problem = null;
        if (_config.Watchdog is { } path)
        {
            _watchdog = Watchdog.Open(path, _config.WatchdogTimeout, _options.DryFence, _log, Sys.MonotonicClock.NowNs(), out problem);
        }

        return problem;
    }

    /// <summary>
    /// Before anything else of the turn is done. The log line first, while there is somebody to write it; then the pats end, then
    /// the machine.
    /// </summary>
    private void FenceSelf()
    {
        for (int i = 0; i < _actions.Count && _core.Fenced; i++)
        {
            ref readonly ClusterAction action = ref _actions[i];
            if (action.Kind == ClusterActionKind.SelfFence)
            {
                MessageFields fields = Fields(action);
                _log.Write(action.Message, fields, _now);
                _watchdog?.Abandon();
                _selfFencer.Begin(MessageCatalog.Format(action.Message, fields), _now);
            }
        }
    }

    /// <summary>
    /// At the end of a turn that was not cut short: this loop lives. What is not proven stopped near the end of its permit ends the pats: the
    /// machine must be gone when the witness may grant it to the peer.
    /// </summary>
    private void PatWatchdog()
    {
        if (_watchdog is not null && _watchdog.NextPatNs <= _now && !_core.Fenced && _now < _core.PatUntil.Nanoseconds)
        {
            _watchdog.Pat(_now);
        }
    }
}
