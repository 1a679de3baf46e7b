using System;
using System.Collections.Generic;
using System.Text;

namespace Hbd.Daemon.Cli;

/// <summary>
/// Columns of text under a heading, as ps and systemctl print them: two spaces between, no frames, so that a serial console has
/// room and a script can cut. The last column goes on in further lines where the line is too short for it.
/// </summary>
internal sealed class TextTable(params string[] headings)
{
    private const int Gap = 2;

    /// <summary>The last column is not made narrower than this; the terminal may fold it then.</summary>
    private const int LastWidthMin = 20;

    private readonly List<string[]> _rows = [];

    /// <summary>One row; cells from the end may be left out. Text from outside is made plain here.</summary>
    public void Add(params ReadOnlySpan<string> cells)
    {
        string[] row = new string[headings.Length];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = i < cells.Length ? PlainText.Of(cells[i]) : "";
        }

        _rows.Add(row);
    }

    /// <summary>Writes heading and rows. <paramref name="width"/> in characters; 0: no limit.</summary>
    /// <param name="colour">The escape sequence's number for a cell's text (ECMA-48 SGR), or 0; nothing where the output is no terminal.</param>
    public void Write(StringBuilder text, int width, Func<string, int>? colour)
    {
        int[] widths = Widths(width);
        Line(text, headings, widths, colour is null ? null : _ => 1);
        foreach (string[] row in _rows)
        {
            Line(text, row, widths, colour);
        }

        _ = text.Append('\n');
    }

    private int[] Widths(int limit)
    {
        int[] widths = new int[headings.Length];
        int before = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = headings[i].Length;
            foreach (string[] row in _rows)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }

            before += i < widths.Length - 1 ? widths[i] + Gap : 0;
        }

        if (limit > 0)
        {
            widths[^1] = Math.Min(widths[^1], Math.Max(limit - before, LastWidthMin));
        }

        return widths;
    }

    private static void Line(StringBuilder text, string[] cells, int[] widths, Func<string, int>? colour)
    {
        int begin = text.Length;
        int indent = 0;
        for (int i = 0; i < cells.Length - 1; i++)
        {
            Cell(text, cells[i], colour);
            _ = text.Append(' ', widths[i] + Gap - cells[i].Length);
            indent += widths[i] + Gap;
        }

        ReadOnlySpan<char> rest = cells[^1];
        while (rest.Length > widths[^1])
        {
            int cut = rest[..(widths[^1] + 1)].LastIndexOf(' ');
            cut = cut <= 0 ? widths[^1] : cut;
            _ = text.Append(rest[..cut]).Append('\n').Append(' ', indent);
            rest = rest[cut..].TrimStart(' ');
        }

        Cell(text, rest.ToString(), colour);
        int end = text.Length;
        while (end > begin && text[end - 1] == ' ')
        {
            end--;
        }

        text.Length = end;
        _ = text.Append('\n');
    }

    private static void Cell(StringBuilder text, string cell, Func<string, int>? colour)
    {
        int code = cell.Length == 0 ? 0 : colour?.Invoke(cell) ?? 0;
        _ = code == 0 ? text.Append(cell) : text.Append("\x1b[").Append(code).Append('m').Append(cell).Append("\x1b[0m");
    }
}
