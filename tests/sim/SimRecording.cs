using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Modes;
using Hbd.Core.Recording;

namespace Hbd.Sim;

/// <summary>
/// The flight recorder of a simulated node, and its judge: every life is recorded, and at its end replayed from the bytes alone. A
/// decision or a state that differs is a violation. Lives whose third vote is driven by hand are left out: no event tells of it.
/// </summary>
internal sealed class SimRecording(ClusterConfig config, int self)
{
    /// <summary>Every node of this run is recorded.</summary>
    public static bool Wanted { get; set; }

    private const int HashEvery = 50;
    private readonly List<byte> _bytes = [];
    private LifeInfo? _life;
    private RecordWriter? _writer;
    private ClusterCore? _core;
    private ulong _pages;
    private long _events;

    public void Started(SimNode node, ClusterCore core, ulong entropy, Instant now, bool inherits, Handover? handover, IReadOnlyList<ModeRecord> modes)
    {
        _bytes.Clear();
        _core = null;
        if (!Wanted || node.Vote.Configured)
        {
            return;
        }

        _core = core;
        _pages = 0;
        _writer = new RecordWriter(1 << 20, now);
        _life = new LifeInfo
        {
            Version = "sim",
            Self = self,
            Generation = core.Generation,
            Entropy = entropy,
            Inherits = inherits,
            Handover = handover is null ? [] : HandoverCodec.Write(handover),
            Made = now,
            WallNs = 0,
            Modes = modes,
            ConfigBytes = 0,
        };
        Add(_writer.Start(now, node.Actions.Items));
    }

    public void Step(in ClusterEvent e, Instant now, ReadOnlySpan<ClusterAction> actions)
    {
        if (_core is null)
        {
            return;
        }

        Add(_writer!.Event(e, now, actions));
        if (++_events % HashEvery == 0)
        {
            Add(_writer.Clock(now, 0, _core.FramesWritten, _core.StateHash()));
        }
    }

    public void Wrote(Instant now, int link, int room)
    {
        if (_core is not null)
        {
            Add(_writer!.Wrote(now, [new WrittenFrame(link, room)]));
        }
    }

    public void Asked(Instant now)
    {
        if (_core is not null && _core.WitnessPagesWritten > _pages)
        {
            Add(_writer!.Pages(now, (int)(_core.WitnessPagesWritten - _pages)));
            _pages = _core.WitnessPagesWritten;
        }
    }

    /// <summary>The life is over, or the run: does the recording say the same?</summary>
    public void Ended()
    {
        if (_core is null)
        {
            return;
        }

        _core = null;
        LifeInfo life = LifeInfo.Read(_life!.Write()) ?? throw new OracleException("a recorded life cannot be read");
        using Replayer replayer = new(life, config);
        RecordReader reader = new(life.Made);
        Record record = new();
        ReadOnlySpan<byte> rest = _bytes.ToArray();
        for (long number = 0; rest.Length > 0; number++)
        {
            if (!reader.TryRead(rest, record, out int length))
            {
                throw new OracleException("record " + number + " of node " + (self + 1) + " cannot be read");
            }

            if (replayer.Feed(record) is { } difference)
            {
                throw new OracleException("replay of node " + (self + 1) + ", record " + number + " (" + record.Kind + "): " + difference);
            }

            rest = rest[length..];
        }
    }

    private void Add(ReadOnlySpan<byte> record)
    {
        if (record.IsEmpty)
        {
            throw new OracleException("a record is too long");
        }

        _bytes.AddRange(record);
    }
}
