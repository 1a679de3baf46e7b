using System;
using System.Text;

namespace Hbd.Plugins.Stonith.Nut;

/// <summary>
/// One line of upsd (RFC 9271): <c>OK …</c>, <c>ERR CODE …</c>, <c>VAR ups name "value"</c>, <c>CMD ups name</c>,
/// <c>BEGIN LIST …</c>, <c>END LIST …</c>. Reading never throws.
/// </summary>
internal readonly record struct UpsdReply(string Kind, string Word, string Value)
{
    public bool IsOk => Kind == "OK";

    public bool IsError => Kind == "ERR";

    /// <summary>Word: the code of an error, the name of a variable or command. Value: of a variable, without quotes.</summary>
    public static UpsdReply Read(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        string kind = Take(ref line);
        switch (kind)
        {
            case "ERR":
                return new UpsdReply(kind, Take(ref line), line.ToString());
            case "VAR":
                _ = Take(ref line);
                string name = Take(ref line);
                return new UpsdReply(kind, name, Unquote(line));
            case "CMD":
                _ = Take(ref line);
                return new UpsdReply(kind, Take(ref line), "");
            default:
                return new UpsdReply(kind, "", line.ToString());
        }
    }

    private static string Take(ref ReadOnlySpan<char> line)
    {
        int end = line.IndexOf(' ');
        ReadOnlySpan<char> word = end < 0 ? line : line[..end];
        line = end < 0 ? [] : line[(end + 1)..].TrimStart();
        return word.ToString();
    }

    private static string Unquote(ReadOnlySpan<char> text)
    {
        if (text.Length == 0 || text[0] != '"')
        {
            return text.ToString();
        }

        StringBuilder value = new();
        for (int i = 1; i < text.Length && text[i] != '"'; i++)
        {
            i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
            value.Append(text[i]);
        }

        return value.ToString();
    }
}
