using System;

namespace Hbd.Plugins.Stonith.Fence;

/// <summary>
/// The start tags of an XML text, one after the other, with their attributes. A scanner and no parser: nesting, entities
/// in names and documents that are not well formed do not matter to it. XmlReader would cost the binary about a
/// megabyte. Never throws, looks at every character at most twice.
/// </summary>
internal ref struct XmlTags(ReadOnlySpan<char> text)
{
    private const int NameChars = 128;

    private ReadOnlySpan<char> _rest = text;
    private ReadOnlySpan<char> _attributes;

    /// <summary>Of the tag at hand; empty for names longer than any known one.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    public bool Next()
    {
        while (true)
        {
            int open = _rest.IndexOf('<');
            if (open < 0)
            {
                return false;
            }

            _rest = _rest[(open + 1)..];
            if (_rest.StartsWith("!--"))
            {
                Skip("-->");
            }
            else if (_rest.StartsWith("![CDATA["))
            {
                Skip("]]>");
            }
            else if (_rest.Length > 0 && char.IsAsciiLetter(_rest[0]))
            {
                Take();
                return true;
            }
        }
    }

    /// <summary>The value of an attribute of the tag at hand, or null.</summary>
    public readonly string? Attribute(string name)
    {
        ReadOnlySpan<char> rest = _attributes;
        while (true)
        {
            int equals = rest.IndexOf('=');
            if (equals < 0)
            {
                return null;
            }

            ReadOnlySpan<char> key = rest[..equals].Trim();
            rest = rest[(equals + 1)..].TrimStart();
            if (rest.Length == 0 || rest[0] is not ('"' or '\''))
            {
                return null;
            }

            int end = rest[1..].IndexOf(rest[0]);
            if (end < 0)
            {
                return null;
            }

            if (key.SequenceEqual(name))
            {
                return end <= NameChars ? rest[1..(end + 1)].ToString() : null;
            }

            rest = rest[(end + 2)..];
        }
    }

    private void Skip(string end)
    {
        int at = _rest.IndexOf(end);
        _rest = at < 0 ? [] : _rest[(at + end.Length)..];
    }

    private void Take()
    {
        int name = 0;
        while (name < _rest.Length && !char.IsWhiteSpace(_rest[name]) && _rest[name] is not ('>' or '/'))
        {
            name++;
        }

        Name = name <= NameChars ? _rest[..name] : [];
        int end = name;
        char quote = '\0';
        while (end < _rest.Length && (quote != '\0' || _rest[end] != '>'))
        {
            char c = _rest[end];
            quote = quote == '\0' ? (c is '"' or '\'' ? c : quote) : c == quote ? '\0' : quote;
            end++;
        }

        _attributes = _rest[name..end];
        _rest = _rest[Math.Min(end + 1, _rest.Length)..];
    }
}
