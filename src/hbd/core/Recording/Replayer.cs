using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Auth;
using Hbd.Core.Config;

namespace Hbd.Core.Recording;

/// <summary>
/// Feeds a recording to a core of its own and compares, record by record, what it decides with what was decided then. The core knows
/// neither keys nor clocks, so the recording is all it needs.
/// </summary>
public sealed class Replayer : IDisposable
{
    private readonly ClusterCore _core;
    private readonly ActionList _actions = new();
    private readonly Keyring _keyring = new(1, [new KeyValuePair<int, byte[]>(1, "frames of a replay go nowhere"u8.ToArray())]);
    private readonly byte[] _frame = new byte[Limits.FrameBytes];
    private readonly int _links;
    private Instant _last;
    private bool _started;

    /// <param name="config">What the life's configuration reads as.</param>
    public Replayer(LifeInfo life, ClusterConfig config)
    {
        ArgumentNullException.ThrowIfNull(life);
        ArgumentNullException.ThrowIfNull(config);
        _ = HandoverCodec.Read(life.Handover, out Handover? handover);
        _core = new ClusterCore(config, life.Self, life.Generation, life.Entropy, life.Made, life.Inherits, handover);
        if (life.Modes.Count > 0)
        {
            _core.LoadModes(life.Modes, life.Made);
        }

        _links = config.Media.Count;
        _last = life.Made;
    }

    /// <summary>Events that the core was given.</summary>
    public long Events { get; private set; }

    /// <summary>Decisions that were compared.</summary>
    public long Decisions { get; private set; }

    /// <summary>Hashes of the whole state that were compared.</summary>
    public long Hashes { get; private set; }

    internal ClusterCore Core => _core;

    /// <summary>Null, or the first difference; after one the replay is over.</summary>
    public string? Feed(Record record)
    {
        ArgumentNullException.ThrowIfNull(record);
        try
        {
            return record.At < _last ? "the time goes back" : Play(record);
        }
        catch (Exception e) when (e is CheckFailedException or OverflowException or IndexOutOfRangeException or ArgumentException)
        {
            return "the core refuses it: " + e.Message;
        }
    }

    public void Dispose() => _keyring.Dispose();

    private string? Play(Record record)
    {
        _last = record.At;
        _actions.Clear();
        switch (record.Kind)
        {
            case RecordKind.Start:
                _started = true;
                _core.Start(record.At, _actions);
                return Compare(record);
            case RecordKind.Gap:
                return "records are missing here, so nothing after this can be the same";
            case RecordKind.Note:
                return null;
            case var _ when !_started:
                return "the life does not begin with its start";
            case RecordKind.Wrote or RecordKind.WroteSame:
                return Write(record);
            case RecordKind.Pages:
                return Pages(record.Count);
            case RecordKind.Clock:
                return State(record);
            default:
                return Step(record);
        }
    }

    private string? Step(Record record)
    {
        ClusterEvent e = record.Event;
        if (record.IsFrame && (e.Packet is null || e.Link >= _links))
        {
            return "a frame that is not whole";
        }

        if (e.Kind == ClusterEventKind.WitnessAnswered && e.Witness is null)
        {
            return "an answer of the witness that is not whole";
        }

        if (e.Kind == ClusterEventKind.AttributeSet && e.Attribute is null)
        {
            return "an attribute that is not whole";
        }

        Events++;
        _core.Step(e, record.At, _actions);
        return Compare(record);
    }

    private string? Compare(Record record)
    {
        ReadOnlySpan<ClusterAction> now = _actions.Items;
        int count = Math.Max(now.Length, record.Actions.Count);
        for (int i = 0; i < count; i++)
        {
            if (i >= now.Length || i >= record.Actions.Count || now[i] != record.Actions[i])
            {
                return "decision " + (i + 1).ToString(CultureInfo.InvariantCulture) + ": recorded "
                    + (i < record.Actions.Count ? record.Actions[i].ToString() : "nothing") + "; replayed "
                    + (i < now.Length ? now[i].ToString() : "nothing");
            }
        }

        Decisions += count;
        return null;
    }

    private string? Write(Record record)
    {
        foreach (WrittenFrame frame in record.Wrote)
        {
            if (frame.Link >= _links || frame.Room < Limits.FrameBytesMin + 2)
            {
                return "a frame for a link that the configuration does not have";
            }

            _ = _core.WriteFrame(frame.Link, _frame.AsSpan(0, frame.Room), _keyring);
        }

        return null;
    }

    private string? Pages(long pages)
    {
        for (long i = 0; i < pages; i++)
        {
            if (_core.NextWitnessRequest() is null)
            {
                return "recorded a request to the witness, replayed none";
            }
        }

        return null;
    }

    private string? State(Record record)
    {
        Hashes++;
        ulong hash = _core.StateHash();
        return hash == record.Hash && _core.FramesWritten == record.Sequence ? null
            : "state: recorded " + record.Hash.ToString("x16", CultureInfo.InvariantCulture) + " after frame "
                + record.Sequence.ToString(CultureInfo.InvariantCulture) + "; replayed " + hash.ToString("x16", CultureInfo.InvariantCulture)
                + " after frame " + _core.FramesWritten.ToString(CultureInfo.InvariantCulture);
    }
}
