using System.Collections.Generic;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>Arrays whose items have all to be of one kind.</summary>
internal static class TomlLists
{
    /// <summary>The tables of <c>[[key]]</c>; nothing if there are none.</summary>
    public static List<TomlTable> Tables(TomlTable root, string key, MessageList messages)
    {
        List<TomlTable> tables = [];
        if (root.Find(key) is not { } entry)
        {
            return tables;
        }

        if (entry.Value is not TomlArray array)
        {
            messages.Error(entry.Position,
                $"{key} is {entry.Value.Kind}; expected a section [[{key}]] in double brackets");
            return tables;
        }

        foreach (TomlValue item in array.Items)
        {
            if (item is TomlTable table)
            {
                tables.Add(table);
            }
            else
            {
                messages.Error(item.Position, $"{key} holds {item.Kind}; expected a section [[{key}]]");
            }
        }

        return tables;
    }

    /// <summary>The strings of an array; what is none is reported.</summary>
    public static List<TomlString> Strings(TomlArray array, string key, string expected, MessageList messages)
    {
        List<TomlString> strings = [];
        foreach (TomlValue item in array.Items)
        {
            if (item is TomlString text)
            {
                strings.Add(text);
            }
            else
            {
                messages.Error(item.Position, $"{key} holds {item.Kind}; expected {expected}");
            }
        }

        return strings;
    }
}
