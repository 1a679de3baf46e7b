using System;
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

    private const long WindowNs = 10_000_000_000;

    private readonly bool _journal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null;
    private readonly Window[] _windows = new Window[1_000];
    private long _refused;

    /// <summary>Lines nobody could take.</summary>
    public long Lost => _refused;

    /// <summary>Sees every message; null: nobody does.</summary>
    public ILogObserver? Observer { get; set; }

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
                Line(id, "the message below was repeated " + suppressed.ToString(CultureInfo.InvariantCulture) + " more times");
            }
        }

        if (++window.Lines <= LinesPerWindow)
        {
            Line(id, MessageCatalog.Format(id, fields));
        }
    }

    public void Text(MessageId id, string text, long nowNs) => Write(id, new MessageFields { Text = text }, nowNs);

    private void Line(MessageId id, string text)
    {
        MessageText entry = MessageCatalog.Get(id);
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

    private struct Window
    {
        public long BeganNs;
        public int Lines;
    }
}
