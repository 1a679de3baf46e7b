using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Core.Recording;

namespace Hbd.Daemon.Recording;

/// <summary>A recording as people read it: what was logged, and which event led to which decision.</summary>
internal sealed class Timeline(TimelineFilter filter, Action<TimelineEntry> sink) : IRecordingVisitor
{
    private readonly Dictionary<MessageId, long> _said = [];
    private TimelineWords? _words;
    private (uint Generation, long Entry) _shown;

    /// <summary>Entries up to here were shown before.</summary>
    public (uint Generation, long Entry) After { get; set; } = (0, -1);

    /// <summary>Newest entry that was looked at.</summary>
    public (uint Generation, long Entry) Seen => _shown;

    public void OnLife(RecordedLife life)
    {
        _words = new TimelineWords(life);
        _said.Clear();
        string text = life.Info is { } info
            ? "a life of the daemon begins: hbd " + info.Version + ", generation " + life.Generation.ToString(CultureInfo.InvariantCulture)
                + (info.Inherits ? ", the one before it ended without a word" : "")
            : "generation " + life.Generation.ToString(CultureInfo.InvariantCulture) + ", whose beginning was overwritten";
        long wall = life.Info?.WallNs ?? long.MinValue;
        if (life.Info is not null)
        {
            Give(Entry(life, 0, wall, "life", text), Severity.Info, life.Generation, 0);
        }
    }

    public void OnHole(RecordedLife life)
    {
    }

    public void OnRecord(RecordedLife life, long number, Record record)
    {
        _shown = (life.Generation, number);
        long wall = life.WallOf(record.At);
        if (record.Kind == RecordKind.Clock)
        {
            life.WallOffsetNs = unchecked(record.WallNs - record.At.Nanoseconds);
        }

        if (record.Kind == RecordKind.Note)
        {
            Severity severity = TimelineWords.Known(record.Message) ? MessageCatalog.Get(record.Message).Severity : Severity.Info;
            Give(
                Entry(life, number, wall, "message", record.Text) with
                {
                    Message = (int)record.Message,
                    Severity = TimelineWords.Of(severity),
                    Groups = record.Group.Length > 0 ? [record.Group] : [],
                    Cause = _said.TryGetValue(record.Message, out long cause) ? cause : null,
                },
                severity,
                life.Generation,
                number);
            return;
        }

        _words!.Learn(record.Actions);
        if (record.Actions.Count > 0)
        {
            Remember(record, number);
        }

        if (filter.Everything || IsWorthALine(record))
        {
            Give(Told(life, number, wall, record), Severity.Info, life.Generation, number);
        }
    }

    private static TimelineEntry Entry(RecordedLife life, long number, long wall, string kind, string text) => new()
    {
        Node = life.Node,
        Generation = life.Generation,
        Entry = number,
        Time = TimelineEntry.TimeText(wall),
        WallNs = wall,
        Kind = kind,
        Text = text,
    };

    private void Remember(Record record, long number)
    {
        foreach (ClusterAction action in record.Actions)
        {
            if (action.Kind == ClusterActionKind.Log)
            {
                _said[action.Message] = number;
            }
        }
    }

    private bool IsWorthALine(Record record)
    {
        if (record.Kind is RecordKind.Start or RecordKind.Gap || record.Event.Kind is ClusterEventKind.OperatorCommand
            or ClusterEventKind.FenceFinished or ClusterEventKind.OwnPause)
        {
            return true;
        }

        if (record.Event.Kind == ClusterEventKind.ActionFinished && !_words!.IsUsualResult(record.Event))
        {
            return true;
        }

        foreach (ClusterAction action in record.Actions)
        {
            if (IsDecision(action))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What happens all the time in a quiet pair decides nothing.</summary>
    private static bool IsDecision(in ClusterAction action) =>
        action.Kind is not (ClusterActionKind.SendHeartbeat or ClusterActionKind.Ping or ClusterActionKind.AskWitness or ClusterActionKind.Publish)
        && !(action.Kind == ClusterActionKind.RunAgent && action.Recurring);

    private TimelineEntry Told(RecordedLife life, long number, long wall, Record record)
    {
        List<string> decisions = [];
        List<string> groups = [];
        if (_words!.GroupOf(record.Event) is { } about)
        {
            groups.Add(about);
        }

        foreach (ClusterAction action in record.Actions)
        {
            if ((filter.Everything || IsDecision(action)) && _words.Of(action) is { } decision)
            {
                decisions.Add(decision);
            }

            bool hasGroup = action.Kind is ClusterActionKind.RunAgent or ClusterActionKind.Announce or ClusterActionKind.CancelAgent
                or ClusterActionKind.Log && action.Group >= 0;
            if (hasGroup && !groups.Contains(life.Group(action.Group)))
            {
                groups.Add(life.Group(action.Group));
            }
        }

        return Entry(life, number, wall, "event", _words.Of(record)) with { Decisions = decisions, Groups = groups };
    }

    private void Give(TimelineEntry entry, Severity severity, uint generation, long number)
    {
        bool isNew = generation > After.Generation || (generation == After.Generation && number > After.Entry);
        if (isNew && filter.Wants(entry, severity))
        {
            sink(entry);
        }
    }
}
