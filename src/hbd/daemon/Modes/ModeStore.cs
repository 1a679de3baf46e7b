using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Hbd.Core;
using Hbd.Core.Modes;
using Hbd.Daemon.Aside;
using Hbd.Sys;

namespace Hbd.Daemon.Modes;

/// <summary>
/// Maintenance and moves over a restart: one line for each, <c>KIND SUBJECT VERSION VALUE END LEFT</c>, where END is a time of the
/// wall clock in milliseconds or 0, and LEFT what was left when it was written: a clock that was set back makes nothing longer than that.
/// </summary>
internal sealed class ModeStore(string directory, AsidePool aside) : IAsideWork
{
    private const string Format = "hbd-modes-1";
    private const string FileName = "modes";
    private const int BytesMax = 256 * 1024;

    private readonly string _path = Path.Combine(directory, FileName);
    private byte[] _content = [];
    private string? _failed;
    private bool _writing;
    private bool _stale;

    /// <summary>Why it cannot be read or written; null when all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>What was kept; nothing if there is no file. A line that is not understood is dropped.</summary>
    public IReadOnlyList<ModeRecord> Read()
    {
        // A buffer of that size would stay resident for a file that most nodes do not have.
        byte[] buffer = File.Exists(_path) ? new byte[BytesMax] : [];
        Errno error = StateFile.Read(_path, buffer, out int length);
        Problem = error.IsError && error.Value != Errno.ENOENT ? _path + ": " + error.Text : null;
        return error.IsError ? [] : Parse(Encoding.UTF8.GetString(buffer, 0, length), Now());
    }

    /// <summary>Writes it aside; the newest wins.</summary>
    public void Write(IReadOnlyList<ModeRecord> records)
    {
        byte[] content = Encoding.UTF8.GetBytes(Compose(records, Now()));
        if (_writing)
        {
            _stale = true;
            _next = content;
            return;
        }

        _content = content;
        _writing = true;
        aside.Submit(this);
    }

    private byte[] _next = [];

    public void Execute()
    {
        Errno error = StateFile.Replace(_path, _content, out string call);
        _failed = error.IsError ? _path + ": " + call + ": " + error.Text : null;
    }

    public void Done(long nowNs)
    {
        Problem = _failed;
        _writing = _stale;
        if (_stale)
        {
            _stale = false;
            _content = _next;
            aside.Submit(this);
        }
    }

    internal static string Compose(IReadOnlyList<ModeRecord> records, long nowMs)
    {
        StringBuilder text = new(Format + "\n");
        foreach (ModeRecord r in records)
        {
            long left = r.Left.Milliseconds;
            _ = text.Append(CultureInfo.InvariantCulture, $"{(int)r.Kind} {r.Subject} {r.Version} {r.Value} {(left == 0 ? 0 : nowMs + left)} {left}\n");
        }

        return text.ToString();
    }

    internal static IReadOnlyList<ModeRecord> Parse(string text, long nowMs)
    {
        List<ModeRecord> records = [];
        string[] lines = text.Split('\n');
        for (int i = 1; i < lines.Length && lines[0] == Format; i++)
        {
            string[] words = lines[i].Split(' ');
            if (words.Length == 6
                && byte.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte kind) && kind <= (byte)ModeKind.Move
                && uint.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint subject)
                && uint.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint version)
                && byte.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out byte value)
                && value <= (kind == (byte)ModeKind.Move ? 2 : 1)
                && long.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out long end)
                && uint.TryParse(words[5], NumberStyles.None, CultureInfo.InvariantCulture, out uint left))
            {
                long rest = end == 0 ? 0 : Math.Clamp(end - nowMs, 1, Math.Max(1, left));
                records.Add(new ModeRecord((ModeKind)kind, subject, version, value, Duration.FromMilliseconds(rest)));
            }
        }

        return records;
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
