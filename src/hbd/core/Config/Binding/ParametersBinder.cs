using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>Named parameters of an agent: words to words. Agents see text, so numbers and booleans become it.</summary>
internal static class ParametersBinder
{
    public const string Expected = "named values such as { pgdata = \"/data/pg\" }";

    public static List<KeyValuePair<string, string>> Bind(TomlTable table, MessageList messages)
    {
        List<KeyValuePair<string, string>> parameters = [];
        foreach (TomlEntry entry in table.Entries)
        {
            // The name becomes part of an environment variable, OCF_RESKEY_name.
            if (!Names.IsWord(entry.Key))
            {
                messages.Error(entry.Position, $"parameter \"{Shown.Word(entry.Key)}\" is no name; "
                    + "expected letters, digits, '_', '.' or '-'");
            }

            if (Text(entry.Value) is { } text && !text.Contains('\0', StringComparison.Ordinal))
            {
                parameters.Add(new KeyValuePair<string, string>(entry.Key, text));
            }
            else
            {
                messages.Error(entry.Value.Position, $"parameter {Shown.Word(entry.Key)} is {entry.Value.Kind}; "
                    + "expected a string without U+0000, a number, true or false");
            }
        }

        return parameters;
    }

    private static string? Text(TomlValue value) => value switch
    {
        TomlString text => text.Text,
        TomlInteger integer => integer.Number.ToString(CultureInfo.InvariantCulture),
        TomlFloat fraction => fraction.Text,
        TomlBoolean boolean => boolean.IsTrue ? "true" : "false",
        _ => null,
    };
}
