using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Control;
using Hbd.Daemon.Recording;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl log</c>: the flight recorder as a timeline.</summary>
internal sealed class LogCommand
{
    private const int FollowMs = 200;

    private static readonly string[] s_levels = ["critical", "error", "warning", "notice", "info"];

    private readonly RecorderOptions _recorder;
    private readonly Option<string?> _since = new("--since") { Description = "From this time on: \"2026-01-31 22:15\", or so long ago: 10m.", HelpName = "time" };
    private readonly Option<string?> _until = new("--until") { Description = "Up to this time.", HelpName = "time" };
    private readonly Option<string?> _group = new("--group") { Description = "What is about this group.", HelpName = "name" };
    private readonly Option<string?> _level = new("--level") { Description = "Messages alone, of this severity and worse: critical, error, warning, notice or info.", HelpName = "word" };
    private readonly Option<bool> _follow = new("--follow") { Description = "Stay, and show what comes." };
    private readonly Option<bool> _json = new("--json") { Description = "One line of JSON for each entry." };
    private readonly Option<bool> _all = new("--all") { Description = "Heartbeats and what is usual as well." };
    private readonly Option<string?> _file = new("--file") { Description = "A copy of a recording instead of this machine's own.", HelpName = "file" };
    private readonly Option<string?> _merge = new("--merge")
    {
        Description = "A copy of the other node's recording, - for standard input: both as one timeline. ssh srv2 hbctl log --copy | hbctl log --merge -",
        HelpName = "file",
    };

    private readonly Option<bool> _copy = new("--copy") { Description = "Write the recording itself to standard output, for --merge or --file elsewhere." };
    private readonly Stream _output = Console.OpenStandardOutput();

    private LogCommand(SocketOptions socket) => _recorder = new RecorderOptions(socket);

    public static Command Build(SocketOptions socket)
    {
        LogCommand log = new(socket);
        Command command = new("log", "What happened, what was decided, and on what: the flight recorder.")
        {
            log._since, log._until, log._group, log._level, log._follow, log._json, log._all, log._file, log._merge, log._copy, log._recorder.StateDir,
        };
        command.SetAction(log.Run);
        return command;
    }

    /// <summary>A point in time from what a person writes; null when it is none.</summary>
    public static long? ParseTime(string text, long nowNs)
    {
        long unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        if (unit > 0 && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            && count < 1_000_000)
        {
            return nowNs - (count * unit * 1_000_000_000);
        }

        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal | DateTimeStyles.AdjustToUniversal, out DateTime at)
            && at > DateTime.UnixEpoch && at.Year < 2_200 ? (at - DateTime.UnixEpoch).Ticks * 100 : null;
    }

    private int Run(ParseResult result)
    {
        if (Filter(result) is not { } filter)
        {
            return ExitCode.Usage;
        }

        string? file = result.GetValue(_file);
        string? merge = result.GetValue(_merge);
        if (result.GetValue(_follow) && (file is not null || merge is not null))
        {
            Console.Error.WriteLine("hbctl log: --follow shows this machine's own recording; expected no --file and no --merge with it.");
            return ExitCode.Usage;
        }

        if (result.GetValue(_copy) && (file is not null || merge is not null || result.GetValue(_follow)))
        {
            Console.Error.WriteLine("hbctl log: --copy writes this machine's own recording; expected no --file, --merge or --follow with it.");
            return ExitCode.Usage;
        }

        bool json = result.GetValue(_json);
        string ring = file ?? _recorder.Ring(result);
        string? window = file is null ? _recorder.Window(result) : null;
        return result.GetValue(_copy) ? RecorderOptions.Copy(ring, _recorder.Window(result))
            : merge is not null ? Merged(ring, window, merge, filter, json)
            : result.GetValue(_follow) ? Follow(ring, window!, filter, json)
            : Plain(ring, window, filter, json);
    }

    private TimelineFilter? Filter(ParseResult result)
    {
        long now = WallClock.NowNs();
        long since = long.MinValue;
        long until = long.MaxValue;
        string? level = result.GetValue(_level);
        int severity = level is null ? 0 : Array.IndexOf(s_levels, level);
        if (severity < 0)
        {
            Console.Error.WriteLine("hbctl log: no level \"" + level + "\"; there are " + string.Join(", ", s_levels) + ".");
            return null;
        }

        if (!TryTime(result.GetValue(_since), now, ref since) || !TryTime(result.GetValue(_until), now, ref until))
        {
            return null;
        }

        return new TimelineFilter
        {
            SinceNs = since,
            UntilNs = until,
            Group = result.GetValue(_group),
            Level = level is null ? null : (Severity)(severity + (int)Severity.Critical),
            Everything = result.GetValue(_all),
        };
    }

    private static bool TryTime(string? text, long now, ref long time)
    {
        if (text is null)
        {
            return true;
        }

        if (ParseTime(text, now) is { } at)
        {
            time = at;
            return true;
        }

        Console.Error.WriteLine("hbctl log: \"" + text + "\" is no time; expected one such as \"2026-01-31 22:15\", or 10m for ten minutes ago.");
        return false;
    }

    private int Plain(string ring, string? window, TimelineFilter filter, bool json)
    {
        Timeline timeline = new(filter, e => Print(e, json));
        bool read = RecorderOptions.TryScan(ring, window, new RecordingScanner(timeline), out int exitCode);
        _output.Flush();
        return read ? ExitCode.Ok : exitCode;
    }

    /// <summary>The window is memory of the run directory: looking at it costs the daemon nothing.</summary>
    private int Follow(string ring, string window, TimelineFilter filter, bool json)
    {
        (uint, long) after = (0, -1);
        while (true)
        {
            Timeline timeline = new(filter, e => Print(e, json)) { After = after };
            RecordingScanner scanner = new(timeline);
            if (!RecorderOptions.TryScan(ring, window, scanner, out int exitCode))
            {
                return exitCode;
            }

            _output.Flush();
            while (scanner.Life is { } life && File.Exists(window)
                && RecorderWindow.ReadFrom(RecorderOptions.ReadAll(window), life.Generation, scanner.Position) is { } more)
            {
                scanner.Continue(more);
                _output.Flush();
                Thread.Sleep(FollowMs);
            }

            after = timeline.Seen;
            Thread.Sleep(FollowMs);
        }
    }

    private int Merged(string ring, string? window, string other, TimelineFilter filter, bool json)
    {
        FrameTimes here = new();
        FrameTimes there = new();
        List<TimelineEntry> entries = [];
        List<TimelineEntry> theirs = [];
        if (!RecorderOptions.TryScan(ring, window, new RecordingScanner(here), out int exitCode)
            || !RecorderOptions.TryScan(other, null, new RecordingScanner(there), out exitCode)
            || !RecorderOptions.TryScan(ring, window, new RecordingScanner(new Timeline(filter, entries.Add)), out exitCode)
            || !RecorderOptions.TryScan(other, null, new RecordingScanner(new Timeline(filter, theirs.Add)), out exitCode))
        {
            return exitCode;
        }

        Func<long, long>? offset = here.OffsetOf(there);
        if (offset is null)
        {
            Console.Error.WriteLine("no heartbeat stands in both recordings: the times are those of each node's own clock.");
        }

        foreach (TimelineEntry entry in theirs)
        {
            long wall = entry.WallNs - (offset?.Invoke(entry.WallNs) ?? 0);
            entries.Add(entry with { WallNs = wall, Time = TimelineEntry.TimeText(wall) });
        }

        // Stable: what one node recorded stays in its order.
        foreach (TimelineEntry entry in System.Linq.Enumerable.OrderBy(entries, e => e.WallNs, Comparer<long>.Default))
        {
            Print(entry, json);
        }

        _output.Flush();
        return ExitCode.Ok;
    }

    private void Print(TimelineEntry entry, bool json)
    {
        if (json)
        {
            JsonSerializer.Serialize(_output, entry, ControlJson.Default.TimelineEntry);
        }
        else
        {
            _output.Write(System.Text.Encoding.UTF8.GetBytes(entry.ToString()));
        }

        _output.WriteByte((byte)'\n');
    }
}
