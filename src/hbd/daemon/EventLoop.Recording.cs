using System;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Recording;
using Hbd.Daemon.Recording;

namespace Hbd.Daemon;

/// <content>What the flight recorder is told.</content>
internal sealed partial class EventLoop
{
    private string? _recorderProblem;

    /// <summary>Begins to record this life, once the run directory is claimed. A recorder that cannot run is a message, no obstacle.</summary>
    /// <param name="text">Of hbd.toml.</param>
    public void Record(ReadOnlySpan<byte> text, in StartValues start)
    {
        LifeInfo life = new()
        {
            Modes = _modesLoaded,
            Version = StatusBuilder.Version,
            Self = _self,
            Generation = start.Generation,
            Entropy = start.Entropy,
            Inherits = start.Inherits,
            Handover = start.Handover is { } handover ? HandoverCodec.Write(handover) : [],
            Made = new Instant(StartedNs),
            WallNs = WallClock.NowNs() - (Sys.MonotonicClock.NowNs() - StartedNs),
            ConfigBytes = text.Length,
        };
        NoteProblem(_recorder.Open(_options, _config, text, life));
        _log.RecordTo(m => _recorder.Note(m.Id, m.Group, m.Text, new Instant(m.NowNs)));
    }

    private void RecordTurn()
    {
        _recorder.TurnEnds(_core, new Instant(_now));
        if (_recorder.Problem is { } problem && problem != _recorderProblem)
        {
            _recorderProblem = problem;
            Changed();
            _log.Text(MessageId.SystemProblem, "the flight recorder cannot write: " + problem, _now);
        }
    }
}
