using System.Globalization;
using Hbd.Core.Config.Toml;

using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// Typed access to one table. Every method reports what is wrong and then gives null or the fallback, so that callers
/// go on and find the next error.
/// </summary>
/// <param name="name">As messages call it: <c>[[mcast]]</c>, <c>hbd.toml</c>.</param>
/// <param name="keys">All keys this table may have.</param>
internal sealed class Section(TomlTable table, string name, string[] keys, MessageList messages)
{
    private const int KeysListedMax = 8;

    public TomlPosition Position => table.Position;

    public void RefuseUnknownKeys()
    {
        foreach (TomlEntry entry in table.Entries)
        {
            if (System.Array.IndexOf(keys, entry.Key) >= 0)
            {
                continue;
            }

            // The top level has twenty keys: once the right one is guessed, the others are noise.
            string hint = NearestWord.Hint(entry.Key, keys);
            string expected = hint.Length > 0 && keys.Length > KeysListedMax ? "" : "; expected " + Shown.OneOf(keys);
            messages.Error(entry.Position, $"unknown key \"{Shown.Word(entry.Key)}\" in {name}{expected}{hint}");
        }
    }

    public TomlEntry? Find(string key)
    {
        Check.That(System.Array.IndexOf(keys, key) >= 0, "a section is only asked for keys it declares");
        return table.Find(key);
    }

    /// <summary>Where a message about this key should point.</summary>
    public TomlPosition At(string key) => Find(key)?.Value.Position ?? Position;

    public TomlString? Text(string key, string expected, bool required)
    {
        if (Find(key) is not { } entry)
        {
            if (required)
            {
                Missing(key, expected);
            }

            return null;
        }

        if (entry.Value is TomlString text)
        {
            return text;
        }

        WrongKind(entry, expected);
        return null;
    }

    public int Integer(string key, int fallback, int min, int max)
    {
        return Find(key) is { } entry ? Integer(entry, min, max) ?? fallback : fallback;
    }

    public int? RequiredInteger(string key, int min, int max)
    {
        if (Find(key) is { } entry)
        {
            return Integer(entry, min, max);
        }

        Missing(key, Range(min, max));
        return null;
    }

    public bool? Boolean(string key)
    {
        if (Find(key) is not { } entry)
        {
            return null;
        }

        if (entry.Value is TomlBoolean boolean)
        {
            return boolean.IsTrue;
        }

        WrongKind(entry, "true or false");
        return null;
    }

    public Duration? Time(string key, TimeRange range)
    {
        if (Find(key) is not { } entry)
        {
            return null;
        }

        Duration? time = TimeText.Read(entry.Value, out string? nearest);
        string expected = TimeText.Expected + $", from {TimeText.Show(range.Min)} to {TimeText.Show(range.Max)}";
        if (time is null)
        {
            string hint = nearest is null ? "" : $"; did you mean \"{nearest}\"?";
            string what = entry.Value is TomlString text ? $"\"{Shown.Word(text.Text)}\"" : entry.Value.Kind;
            messages.Error(entry.Value.Position, $"{key} is {what}, which is not a time; expected {expected}{hint}");
        }
        else if (!range.Contains(time.Value))
        {
            messages.Error(entry.Value.Position, $"{key} {time} is out of range; expected {expected}");
            time = null;
        }

        return time;
    }

    public TomlArray? Array(string key, string expected, bool required)
    {
        if (Find(key) is not { } entry)
        {
            if (required)
            {
                Missing(key, expected);
            }

            return null;
        }

        if (entry.Value is TomlArray array)
        {
            return array;
        }

        WrongKind(entry, expected);
        return null;
    }

    public TomlTable? Table(string key, string expected, bool required)
    {
        if (Find(key) is not { } entry)
        {
            if (required)
            {
                Missing(key, expected);
            }

            return null;
        }

        if (entry.Value is TomlTable child)
        {
            return child;
        }

        WrongKind(entry, expected);
        return null;
    }

    public void WrongKind(TomlEntry entry, string expected) =>
        messages.Error(entry.Value.Position, $"{entry.Key} is {entry.Value.Kind}; expected {expected}");

    private int? Integer(TomlEntry entry, int min, int max)
    {
        if (entry.Value is not TomlInteger integer)
        {
            WrongKind(entry, Range(min, max));
            return null;
        }

        if (integer.Number < min || integer.Number > max)
        {
            string number = integer.Number.ToString(CultureInfo.InvariantCulture);
            messages.Error(entry.Value.Position, $"{entry.Key} {number} is out of range; expected {Range(min, max)}");
            return null;
        }

        return (int)integer.Number;
    }

    private void Missing(string key, string expected) =>
        messages.Missing(Position, $"{name} has no {key}; expected {key} = {expected}");

    private static string Range(int min, int max) =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
}
