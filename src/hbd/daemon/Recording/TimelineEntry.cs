using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Hbd.Daemon.Recording;

/// <summary>One line of <c>hbctl log --json</c>: a message, or an event with what the core decided on it.</summary>
internal sealed record TimelineEntry
{
    /// <summary>The node that recorded it.</summary>
    public required string Node { get; init; }

    /// <summary>Of the life of its daemon.</summary>
    public required ulong Generation { get; init; }

    /// <summary>Number of the record in that life; <c>hbctl explain #N</c>.</summary>
    public required long Entry { get; init; }

    /// <summary>RFC 3339, in UTC, to the microsecond.</summary>
    public required string Time { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required long WallNs { get; init; }

    /// <summary><c>life</c>, <c>message</c>, <c>event</c> or <c>hole</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Number of the catalogue; 0 for an event.</summary>
    public int Message { get; init; }

    /// <summary><c>critical</c>, <c>error</c>, <c>warning</c>, <c>notice</c> or <c>info</c>.</summary>
    public string Severity { get; init; } = "info";

    /// <summary>Groups it is about.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    public required string Text { get; init; }

    /// <summary>What the core decided on this event.</summary>
    public IReadOnlyList<string> Decisions { get; init; } = [];

    /// <summary>The event that led to this message; null: none of the core's.</summary>
    public long? Cause { get; init; }

    public static string TimeText(long wallNs) =>
        WallClock.At(wallNs).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public override string ToString()
    {
        string at = WallClock.At(WallNs).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        StringBuilder text = new();
        text.Append(at).Append(' ').Append(Node).Append(" #").Append(Entry.ToString(CultureInfo.InvariantCulture)).Append(' ');
        if (Message > 0)
        {
            text.Append(Severity).Append(" [").Append(Message.ToString(CultureInfo.InvariantCulture)).Append("] ");
        }

        text.Append(Text);
        if (Cause is { } cause)
        {
            text.Append(" (from #").Append(cause.ToString(CultureInfo.InvariantCulture)).Append(')');
        }

        foreach (string decision in Decisions)
        {
            text.Append(Environment.NewLine).Append(' ', at.Length + 1).Append("-> ").Append(decision);
        }

        return text.ToString();
    }
}
