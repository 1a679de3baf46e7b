using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Hbd.Daemon.Conversion;

/// <summary>Text of an hbd.toml, line by line.</summary>
internal sealed class TomlWriter
{
    private readonly StringBuilder _text = new();

    public void Comment(string text) => _text.Append("# ").Append(OneLine(text)).Append('\n');

    public void Blank() => _text.Append('\n');

    public void Section(string name) => _text.Append('\n').Append(name).Append('\n');

    public void Key(string name, string value) => Raw(name, Quoted(value));

    public void Raw(string name, string value) => _text.Append(name).Append(" = ").Append(value).Append('\n');

    public void List(string name, IEnumerable<string> values) => Raw(name, ListOf(values));

    public override string ToString() => _text.ToString();

    public static string ListOf(IEnumerable<string> values) => "[" + string.Join(", ", values.Select(Quoted)) + "]";

    public static string Table(IEnumerable<KeyValuePair<string, string>> values)
    {
        List<string> words = [];
        foreach (KeyValuePair<string, string> value in values)
        {
            words.Add(BareOrQuoted(value.Key) + " = " + Quoted(value.Value));
        }

        return "{ " + string.Join(", ", words) + " }";
    }

    public static string BareOrQuoted(string key)
        => key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : Quoted(key);

    public static string Quoted(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\').Append(c);
            }
            else if (char.IsControl(c))
            {
                quoted.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
            }
            else
            {
                // Half of a pair has no UTF-8.
                quoted.Append(char.IsSurrogate(c) ? '\uFFFD' : c);
            }
        }

        return quoted.Append('"').ToString();
    }

    private static string OneLine(string text) => PlainText.Of(text);
}
