using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text;
using Hbd.Core.Config.Toml;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>What tells the world outside: the table [metrics] and all [[alert]] sections.</summary>
internal sealed class MonitoringBinder(MessageList messages)
{
    private const string TableExpected = "a table such as [metrics] with listen = \"127.0.0.1:9694\"";
    private const string ListenExpected = "a loopback address with its port such as \"127.0.0.1:9694\" or \"[::1]:9694\", or the path of a Unix socket "
        + "such as \"/run/hbd/metrics\"";
    private const string ProgramExpected = "the path of a program such as \"/etc/hbd/alert\"";
    private const string EventsExpected = "a list such as [\"node\", \"group\", 105]";
    private const int QueueDefault = 100;
    private const int QueueMax = 1_000;

    private static readonly Duration s_timeoutDefault = Duration.FromSeconds(30);
    private static readonly TimeRange s_timeout = new(Duration.FromMilliseconds(100), Duration.FromSeconds(3_600));
    private static readonly string[] s_metricsKeys = ["listen"];
    private static readonly string[] s_alertKeys = ["program", "events", "timeout", "queue"];

    /// <summary>Null when there is no such table, or after errors.</summary>
    public MetricsConfig? BindMetrics(Section top)
    {
        if (top.Table("metrics", TableExpected, required: false) is not { } table)
        {
            return null;
        }

        Section section = new(table, "[metrics]", s_metricsKeys, messages);
        section.RefuseUnknownKeys();
        return section.Text("listen", ListenExpected, required: true) is { } listen ? BindListen(listen) : null;
    }

    /// <summary>In the order of the file.</summary>
    public List<AlertConfig> BindAlerts(TomlTable root)
    {
        List<AlertConfig> alerts = [];
        foreach (TomlTable table in TomlLists.Tables(root, "alert", messages))
        {
            Section section = new(table, "[[alert]]", s_alertKeys, messages);
            section.RefuseUnknownKeys();
            string? program = BindProgram(section);
            (EventClasses classes, List<int> numbers) = BindEvents(section);
            alerts.Add(new AlertConfig
            {
                Program = program ?? "",
                Classes = classes,
                Messages = numbers,
                Timeout = section.Time("timeout", s_timeout) ?? s_timeoutDefault,
                Queue = section.Integer("queue", QueueDefault, 1, QueueMax),
            });
            if (alerts.Count == Limits.Alerts + 1)
            {
                messages.Error(section.Position, "too many alert programs; expected at most " + Limits.Alerts.ToString(CultureInfo.InvariantCulture));
            }
        }

        return alerts;
    }

    private MetricsConfig? BindListen(TomlString listen)
    {
        if (listen.Text.StartsWith('/'))
        {
            return BindPath(listen);
        }

        int colon = listen.Text.LastIndexOf(':');
        string host = colon < 0 ? listen.Text : listen.Text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        IPAddress? address = AddressText.Parse(bracketed ? host[1..^1] : host);
        bool good = colon > 0 && int.TryParse(listen.Text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is >= 1 and <= 65_535 && address is not null && AddressText.IsV6(address) == bracketed;
        if (!good)
        {
            Wrong(listen, host == "localhost" ? "has no address" : "is no address with a port");
            return null;
        }

        if (!IPAddress.IsLoopback(address!))
        {
            Wrong(listen, "can be reached from outside, and the metrics are for everybody who asks");
            return null;
        }

        return new MetricsConfig(address, int.Parse(listen.Text.AsSpan(colon + 1), CultureInfo.InvariantCulture), null);
    }

    private MetricsConfig? BindPath(TomlString listen)
    {
        if (Encoding.UTF8.GetByteCount(listen.Text) > Limits.SocketPathBytes || listen.Text.EndsWith('/') || listen.Text.Contains('\0', StringComparison.Ordinal))
        {
            string most = Limits.SocketPathBytes.ToString(CultureInfo.InvariantCulture);
            Wrong(listen, "is no name for a socket, which is a file's and has at most " + most + " bytes");
            return null;
        }

        return new MetricsConfig(null, 0, listen.Text);
    }

    private void Wrong(TomlString listen, string why) =>
        messages.Error(listen.Position, $"listen \"{Shown.Word(listen.Text)}\" {why}; expected {ListenExpected}");

    private string? BindProgram(Section section)
    {
        if (section.Text("program", ProgramExpected, required: true) is not { } program)
        {
            return null;
        }

        if (!program.Text.StartsWith('/') || program.Text.EndsWith('/') || program.Text.Length > Limits.PathChars
            || program.Text.Contains('\0', StringComparison.Ordinal))
        {
            messages.Error(program.Position, $"program \"{Shown.Word(program.Text)}\" is no path; expected {ProgramExpected}");
        }

        return program.Text;
    }

    private (EventClasses Classes, List<int> Numbers) BindEvents(Section section)
    {
        List<int> numbers = [];
        if (section.Array("events", EventsExpected, required: false) is not { } events)
        {
            return (EventClasses.All, numbers);
        }

        EventClasses classes = EventClasses.None;
        foreach (TomlValue item in events.Items)
        {
            switch (item)
            {
                case TomlString word when EventClass.Parse(word.Text) is { } found:
                    classes |= found;
                    break;
                case TomlString word:
                    messages.Error(word.Position, $"event \"{Shown.Word(word.Text)}\" is unknown; expected " + Shown.OneOf([.. EventClass.Words])
                        + ", or the number of a message" + NearestWord.Hint(word.Text, EventClass.Words));
                    break;
                case TomlInteger { Number: > 0 and < 1_000 } number when MessageCatalog.Knows((int)number.Number):
                    numbers.Add((int)number.Number);
                    break;
                case TomlInteger number:
                    messages.Error(number.Position, string.Create(CultureInfo.InvariantCulture, $"there is no message {number.Number}; expected a number as the log shows it in brackets, such as 105"));
                    break;
                default:
                    messages.Error(item.Position, $"events holds {item.Kind}; expected {EventsExpected}");
                    break;
            }
        }

        if (events.Items.Count == 0)
        {
            messages.Error(events.Position, "events is empty, so that the program would never run; expected " + EventsExpected);
        }

        return (classes, numbers);
    }
}
