using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core.Config.Binding;

namespace Hbd.Daemon.Conversion;

/// <summary>What became of every line, in the order of the files.</summary>
internal sealed class Account
{
    private const int NoteCharsMax = 400;

    private static readonly string[] s_files = ["ha.cf", "haresources", "authkeys"];
    private readonly List<AccountEntry> _entries = [];
    private readonly HashSet<AccountEntry> _seen = [];
    private readonly HashSet<(string File, int Line)> _taken = [];

    /// <summary>Something was refused without which the result would be another cluster than before: it must not be used.</summary>
    public bool Blocked { get; private set; }

    public int Refusals => _entries.Count(e => e.Verdict == Verdict.Refused);

    public void Taken(SourceLine line) => Add(line, Verdict.Taken, "");

    public void Translated(SourceLine line, string note) => Add(line, Verdict.Translated, note);

    public void Ignored(SourceLine line, string note) => Add(line, Verdict.Ignored, note);

    public void Refused(SourceLine line, string note) => Add(line, Verdict.Refused, note);

    /// <summary>Refused, and nothing can come of the rest either.</summary>
    public void Block(SourceLine line, string note)
    {
        Blocked = true;
        Refused(line, note);
    }

    public void Add(SourceLine line, Verdict verdict, string note) => Add(line.File, line.Number, Shown.Word(line.Text), verdict, note);

    /// <summary>For lines that must not be shown whole, and for what is about a file.</summary>
    public void Add(string file, int line, string text, Verdict verdict, string note)
    {
        AccountEntry entry = new(file, line, text, verdict, Bounded(note));
        if (!_seen.Add(entry))
        {
            return;
        }

        // What turns out to be more than "taken over" later replaces it.
        if (verdict == Verdict.Taken)
        {
            _taken.Add((file, line));
        }
        else if (_taken.Remove((file, line)))
        {
            _entries.RemoveAll(e => e.Line == line && e.File == file && e.Verdict == Verdict.Taken);
        }

        _entries.Add(entry);
    }

    public IReadOnlyList<AccountEntry> InOrder()
        => [.. _entries.OrderBy(e => Rank(e.File)).ThenBy(e => e.Line == 0 ? int.MaxValue : e.Line)];

    /// <summary>Counts, in one sentence.</summary>
    public string Summary()
    {
        string Count(Verdict verdict, string word)
            => _entries.Count(e => e.Verdict == verdict).ToString(CultureInfo.InvariantCulture) + " " + word;

        return string.Join(", ", Count(Verdict.Taken, "taken over"), Count(Verdict.Translated, "translated"),
            Count(Verdict.Ignored, "ignored"), Count(Verdict.Refused, "refused")) + ".";
    }

    /// <summary>A note may quote the file: one line, and not a long one.</summary>
    private static string Bounded(string note)
    {
        string plain = PlainText.Of(note);
        return plain.Length > NoteCharsMax ? plain[..NoteCharsMax] + "…" : plain;
    }

    private static int Rank(string file)
    {
        int index = Array.IndexOf(s_files, file);
        return index < 0 ? s_files.Length : index;
    }
}
