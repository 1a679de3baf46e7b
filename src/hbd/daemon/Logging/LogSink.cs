using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Hbd.Core.Diagnostics;
using Hbd.Sys;

namespace Hbd.Daemon.Logging;

/// <summary>
/// Catalogue messages → standard error, one line each. Under systemd the line begins with its severity (sd-daemon(3)) and
/// the journal adds the time; elsewhere the line carries its own time. Never blocks; a message that repeats too fast is
/// counted and said so.
/// </summary>
internal sealed class LogSink
{
    /// <summary>Lines of one message in one window; what comes after is counted.</summary>
    private const int LinesPerWindow = 20;

    /// <summary>Messages kept for a recorder that is not open yet.</summary>
    private const int EarlyMax = 64;

    private const long WindowNs = 10_000_000_000;

    /// <summary>MESSAGE_ID= of the journal is this and the message's number in five digits (sd_journal_print(3)).</summary>
    private const string JournalId = "8d3f5f0c1b9e4c55a1d6b7c2e9f";

    private readonly bool _journal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null;
    private readonly JournalSocket? _socket;
    private readonly Window[] _windows = new Window[1_000];
    private long _refused;
    private List<LoggedMessage>? _early = [];
    private Action<LoggedMessage>? _recorder;

    /// <param name="journal">Socket of the journal; null: the usual one, when standard error goes to the journal.</param>
    public LogSink(string? journal = null)
    {
        string? path = journal ?? (_journal ? JournalSocket.UsualPath : null);
        _socket = path is null ? null : JournalSocket.Open(path);
    }

    /// <summary>Lines nobody could take.</summary>
    public long Lost => _refused;

    /// <summary>Sees every message; null: nobody does.</summary>
    public ILogObserver? Observer { get; set; }

    /// <summary>Everything that is written goes there too, beginning with what was written before.</summary>
    public void RecordTo(Action<LoggedMessage> recorder)
    {
        _recorder = recorder;
        foreach (LoggedMessage message in _early ?? [])
        {
            recorder(message);
        }

        _early = null;
    }

    public void Write(MessageId id, in MessageFields fields, long nowNs)
    {
        Observer?.OnMessage(id, fields, nowNs);
        ref Window window = ref _windows[(int)id];
        if (nowNs - window.BeganNs > WindowNs || window.Lines == 0)
        {
            int suppressed = window.Lines - LinesPerWindow;
            window = new Window { BeganNs = nowNs };
            if (suppressed > 0)
            {
                Line(id, fields, "the message below was repeated " + suppressed.ToString(CultureInfo.InvariantCulture) + " more times", nowNs);
            }
        }

        if (++window.Lines <= LinesPerWindow)
        {
            Line(id, fields, MessageCatalog.Format(id, fields), nowNs);
        }
    }

    public void Text(MessageId id, string text, long nowNs) => Write(id, new MessageFields { Text = text }, nowNs);

    private void Record(in LoggedMessage message)
    {
        _recorder?.Invoke(message);
        if (_recorder is null && _early?.Count < EarlyMax)
        {
            _early.Add(message);
        }
    }

    private void Line(MessageId id, in MessageFields fields, string text, long nowNs)
    {
        Record(new LoggedMessage(id, fields.Group, text, nowNs));
        MessageText entry = MessageCatalog.Get(id);
        if (_socket?.TrySend(Journal(entry, fields, text)) == true)
        {
            return;
        }

        StringBuilder line = new(text.Length + 64);
        if (_journal)
        {
            line.Append('<').Append((int)entry.Severity).Append('>');
        }
        else
        {
            line.Append(DateTime.Now.ToString("yyyy-MM-dd HH:mm:ss.ffffff ", CultureInfo.InvariantCulture));
        }

        line.Append('[').Append((int)id).Append("] ").Append(text.ReplaceLineEndings(" ")).Append('\n');
        if (!StandardError.TryWrite(Encoding.UTF8.GetBytes(line.ToString())))
        {
            _refused++;
        }
    }

    private static byte[] Journal(in MessageText entry, in MessageFields fields, string text)
    {
        StringBuilder lines = new(text.Length + 256);
        Field(lines, "MESSAGE", "[" + ((int)entry.Id).ToString(CultureInfo.InvariantCulture) + "] " + text);
        Field(lines, "PRIORITY", ((int)entry.Severity).ToString(CultureInfo.InvariantCulture));
        Field(lines, "SYSLOG_IDENTIFIER", "hbd");
        Field(lines, "MESSAGE_ID", JournalId + ((int)entry.Id).ToString("00000", CultureInfo.InvariantCulture));
        Field(lines, "HBD_MESSAGE", ((int)entry.Id).ToString(CultureInfo.InvariantCulture));
        Field(lines, "HBD_NODE", fields.Peer);
        Field(lines, "HBD_GROUP", fields.Group);
        Field(lines, "HBD_RESOURCE", fields.Resource);
        Field(lines, "HBD_LINK", fields.Link);
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private static void Field(StringBuilder lines, string name, string value)
    {
        if (value.Length > 0)
        {
            lines.Append(name).Append('=').Append(value.ReplaceLineEndings(" ")).Append('\n');
        }
    }

    private struct Window
    {
        public long BeganNs;
        public int Lines;
    }
}

/// <summary>A message as it went to the log.</summary>
/// <param name="Group">Which group it is about; empty for none.</param>
internal readonly record struct LoggedMessage(MessageId Id, string Group, string Text, long NowNs);
