using System;
using System.CommandLine;
using System.Globalization;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Control;
using Hbd.Daemon.Recording;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl explain GROUP|NODE|#EVENT|MESSAGE</c></summary>
internal static class ExplainCommand
{
    public static Command Build(SocketOptions socket)
    {
        RecorderOptions recorder = new(socket);
        Argument<string> what = new("what")
        {
            Description = "A group, a node, the number of an entry of hbctl log (#4711, or generation.4711), or the number of a message (105).",
        };
        Command command = new("explain", "Why it is so, why not otherwise, and what would have to happen.") { what, recorder.StateDir };
        command.SetAction(result => Run(result.GetValue(what)!, socket.Path(result), recorder.Ring(result), recorder.Window(result)));
        return command;
    }

    private static int Run(string what, string socket, string ring, string window)
    {
        if (EntryNumber.TryParse(what, out EntryNumber entry))
        {
            return Event(entry, ring, window);
        }

        if (int.TryParse(what, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return Message(number);
        }

        using ControlConnection? connection = ControlConnection.Open(socket, out int exitCode);
        if (connection is null)
        {
            return exitCode;
        }

        (StatusDocument? status, ControlReply? reply) = connection.Ask(ControlCommand.Status, "");
        if (status is null)
        {
            Console.Error.WriteLine(reply?.Message ?? "the daemon's answer is not understood; is it another version?");
            return ExitCode.Failed;
        }

        EvidenceFinder evidence = new(what, status);
        _ = RecorderOptions.TryScan(ring, window, new RecordingScanner(new Timeline(new TimelineFilter(), evidence.Add)), out _);
        if (Explanation.Of(what, status, evidence) is not { } lines)
        {
            Console.Error.WriteLine("hbctl explain: nothing is called \"" + what + "\"; there are " + Explanation.Names(status)
                + ", entries of hbctl log such as #4711, and messages such as 105.");
            return ExitCode.Usage;
        }

        foreach (string line in lines)
        {
            Console.Out.WriteLine(line);
        }

        return ExitCode.Ok;
    }

    private static int Message(int number)
    {
        MessageId id = (MessageId)number;
        if (!TimelineWords.Known(id))
        {
            Console.Error.WriteLine("hbctl explain: no message " + number.ToString(CultureInfo.InvariantCulture)
                + "; hbd-messages(7) lists them. An entry of hbctl log is written #" + number.ToString(CultureInfo.InvariantCulture) + ".");
            return ExitCode.Usage;
        }

        MessageText text = MessageCatalog.Get(id);
        Console.Out.WriteLine("[" + number.ToString(CultureInfo.InvariantCulture) + "] " + TimelineWords.Of(text.Severity) + ": " + text.Template);
        Console.Out.WriteLine("means:  " + MessageMeanings.Of(id));
        Console.Out.WriteLine("do:     " + (text.Remedy.Length > 0 ? text.Remedy : "Nothing."));
        return ExitCode.Ok;
    }

    private static int Event(EntryNumber wanted, string ring, string window)
    {
        TimelineEntry? found = null;
        TimelineEntry? cause = null;
        Timeline timeline = new(new TimelineFilter { Everything = true }, e =>
        {
            bool life = (wanted.Generation == 0 || wanted.Generation == e.Generation) && e.Kind != "life";
            found = life && e.Entry == wanted.Number ? e : found;
        });
        if (!RecorderOptions.TryScan(ring, window, new RecordingScanner(timeline), out int exitCode))
        {
            return exitCode;
        }

        if (found is null)
        {
            Console.Error.WriteLine("hbctl explain: the recording has no entry " + wanted + "; hbctl log shows which there are.");
            return ExitCode.Failed;
        }

        if (found.Cause is { } number)
        {
            Timeline second = new(
                new TimelineFilter { Everything = true },
                e => cause = e.Generation == found.Generation && e.Entry == number && e.Kind == "event" ? e : cause);
            _ = RecorderOptions.TryScan(ring, window, new RecordingScanner(second), out _);
        }

        Console.Out.WriteLine(found.ToString());
        if (cause is not null)
        {
            Console.Out.WriteLine("because of");
            Console.Out.WriteLine(cause.ToString());
        }

        return found.Message > 0 ? Message(found.Message) : ExitCode.Ok;
    }
}
