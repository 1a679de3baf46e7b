using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Hbd.Core.Config;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>
/// doc/configuration.md has every key: its last table is made from the binder by <c>make messages</c>, and what is written by hand above it is
/// held against the binder.
/// </summary>
public sealed class KeyReferenceTests
{
    private const string Begin = "<!-- from the source: make messages -->\n";
    private const string End = "<!-- end -->\n";

    private const string AnyTime = "a time such as \"200ms\", \"1.5s\" or \"2m\", or a number of seconds";

    private static readonly string s_root = Root();
    private static readonly string s_path = Path.Combine(s_root, "doc", "configuration.md");

    [Fact]
    public void The_probe_is_a_good_file() => Assert.Empty(new KeyProbe().Load().Errors);

    [Fact]
    public void Every_list_of_keys_has_its_section() => Assert.Empty(KeyTables.Unknown());

    [Fact]
    public void The_table_of_keys_is_up_to_date()
    {
        string page = File.ReadAllText(s_path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin > Begin.Length && end >= begin, "doc/configuration.md has no place for the table");
        string made = page[..begin] + Table() + page[end..];
        if (Environment.GetEnvironmentVariable("HBD_WRITE_PAGES") == "1")
        {
            File.WriteAllText(s_path, made);
        }

        Assert.True(File.ReadAllText(s_path) == made, "doc/configuration.md is not what the binder says: make messages");
    }

    [Fact]
    public void Every_key_is_explained_and_nothing_else_is()
    {
        string[] tables = ["start", "stop", "monitor", "monitor.deep", "promote", "demote", "brake"];
        HashSet<(string, string)> explained = Rows().Select(row => (row.Section, row.Key)).ToHashSet();
        List<(string Section, string Key)> keys = KeyTables.All().Where(k => !tables.Contains(k.Section)).ToList();
        string hand = Hand();
        foreach ((string section, string key) in keys)
        {
            bool isSection = section == KeyTables.Top && (hand.Contains($"[{key}]", StringComparison.Ordinal));
            Assert.True(isSection || explained.Contains((section, key)), $"doc/configuration.md does not explain {key} of {section}");
        }

        string[] unknown = explained.Except(keys).Where(row => row != (KeyTables.Resource, "monitor.deep")).Select(row => row.Item1 + " " + row.Item2).ToArray();
        Assert.Equal([], unknown);
    }

    [Fact]
    public void The_default_file_shows_every_key()
    {
        string text = File.ReadAllText(Path.Combine(s_root, "etc", "hbd.toml"));
        foreach ((string section, string key) in KeyTables.All())
        {
            string word = Regex.Escape(key);
            bool shown = Regex.IsMatch(text, $@"(^#|[{{, #(]){word} *=", RegexOptions.Multiline)
                || text.Contains($"[{key}]", StringComparison.Ordinal)
                || Regex.IsMatch(text, $@"\b{word}: ");
            Assert.True(shown, $"etc/hbd.toml does not show {key} of {section}");
        }
    }

    /// <summary>A default that is written down means the same as nothing.</summary>
    [Fact]
    public void Every_default_is_what_the_page_says()
    {
        int compared = 0;
        foreach ((string section, string key, string text, _) in Rows())
        {
            if (text.Contains("required", StringComparison.Ordinal))
            {
                Assert.True(new KeyProbe().Without(section, key).Set(section, "x", "1").Load().Errors.Count > 1 || key == "resources",
                    $"{key} of {section} is said to be required");
            }
            else if (Literal(text) is { } value)
            {
                ConfigLoadResult result = For(key).Set(section, key, value).Load();
                Assert.True(result.Errors.Count == 0, $"{key} of {section}: {string.Join("; ", result.Errors)}");
                Assert.True(KeyProbe.Shown(result.Config) == KeyProbe.Shown(For(key).Load().Config), $"{key} = {value} of {section} is not the default");
                compared++;
            }
        }

        Assert.True(compared >= 30, compared + " defaults were compared");
    }

    [Fact]
    public void Every_range_is_what_the_page_says()
    {
        int compared = 0;
        foreach ((string section, string key, _, string range) in Rows())
        {
            Match said = Regex.Match(range, @"^(\d+)(us|ms|s|m|h|) to (\d+)(us|ms|s|m|h|)(,.*)?$");
            Match meant = Regex.Match(said.Success ? Takes(section, key) : "", @"from (\d+)(us|ms|s|m|h|) to (\d+)(us|ms|s|m|h|)$");
            if (meant.Success)
            {
                Assert.True(Number(said, 1) == Number(meant, 1) && Number(said, 3) == Number(meant, 3),
                    $"{key} of {section} is said to be {range}, and is {meant.Value}");
                compared++;
            }
        }

        Assert.True(compared >= 25, compared + " ranges were compared");
    }

    /// <summary>A number with its unit, in nanoseconds where it is a time.</summary>
    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, System.Globalization.CultureInfo.InvariantCulture)
        * match.Groups[group + 1].Value switch
        {
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 1,
        };

    /// <summary><c>run</c> is the one key that a promotable resource must not set.</summary>
    private static KeyProbe For(string key) => key == "run" ? new KeyProbe().Without(KeyTables.Resource, "role") : new KeyProbe();

    /// <summary>The value of the cell as TOML; null where it is a rule and no value.</summary>
    private static string? Literal(string cell)
    {
        Match match = Regex.Match(cell, "^`?([^`]*)`?$");
        string text = match.Groups[1].Value;
        if (Regex.IsMatch(text, @"^\d+(us|ms|s|m|h)$"))
        {
            return "\"" + text + "\"";
        }

        return Regex.IsMatch(text, @"^(\d+|true|false|""[^""]*""|\[.*\]|\{ timeout = ""60s"" \}|\{ count.*\})$") ? text : null;
    }

    private static string Table()
    {
        StringBuilder table = new("| Section | Key | Takes |\n|---|---|---|\n");
        string before = "";
        foreach ((string section, string key) in KeyTables.All())
        {
            string shown = section == before ? "" : section == KeyTables.Top || section[0] != '[' ? section : $"`{section}`";
            table.Append("| ").Append(shown).Append(" | `").Append(key).Append("` | ").Append(Takes(section, key)).Append(" |\n");
            before = section;
        }

        return table.ToString();
    }

    /// <summary>What the binder expects, in its own words: no key takes a date.</summary>
    private static string Takes(string section, string key)
    {
        ConfigLoadResult result = new KeyProbe().Set(section, key, "1979-05-27").Load();
        string? error = result.Errors.Select(e => e.Text)
            .FirstOrDefault(text => text.Contains("a date", StringComparison.Ordinal) && text.Contains("; expected ", StringComparison.Ordinal));
        Assert.True(error is not null, $"{key} of {section} takes a date, or does not say what it takes: {string.Join("; ", result.Errors)}");
        string expected = error[(error.IndexOf("; expected ", StringComparison.Ordinal) + "; expected ".Length)..];
        return expected.Replace(AnyTime, "a time", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
    }

    /// <summary>The part that is written by hand.</summary>
    private static string Hand() => File.ReadAllText(s_path).Split(Begin)[0];

    /// <summary>The rows of the tables of keys that are written by hand.</summary>
    private static IEnumerable<(string Section, string Key, string Default, string Range)> Rows()
    {
        string section = "";
        string heading = "";
        int column = -1;
        foreach (string line in Hand().Split('\n'))
        {
            heading = line.StartsWith("## ", StringComparison.Ordinal) ? line[3..] : heading;
            string[] cells = line.Trim('|').Split(" | ").Select(cell => cell.Trim()).ToArray();
            if (!line.StartsWith('|'))
            {
                section = line.StartsWith("A resource as a table", StringComparison.Ordinal) ? KeyTables.Resource : OfHeading(heading, section, line);
                column = -1;
            }
            else if (column < 0)
            {
                column = cells[0] == "Section" && cells[1] == "Key" ? 1 : cells[0] == "Key" ? 0 : 9;
            }
            else if (column < 2 && !line.StartsWith("|--", StringComparison.Ordinal))
            {
                section = column == 1 && cells[0].Length > 0 ? cells[0].Trim('`') : section;
                foreach ((string Section, string Key) row in KeysOf(cells[column], section))
                {
                    yield return (row.Section, row.Key, cells[column + 1], cells[column + 2]);
                }
            }
        }
    }

    private static string OfHeading(string heading, string section, string line) => line.Length == 0 && section == KeyTables.Resource
        ? section
        : heading switch
        {
            "Groups" => "[[group]]",
            "Fencing devices" => "[[stonith]]",
            "Witness" => "[witness]",
            _ => KeyTables.Top,
        };

    /// <summary><c>`a`</c>, <c>`a`, `b`</c> or <c>`[[section]]` `a`</c>.</summary>
    private static IEnumerable<(string Section, string Key)> KeysOf(string cell, string section)
    {
        foreach (Match match in Regex.Matches(cell, "`([^`]+)`"))
        {
            string word = match.Groups[1].Value;
            if (word[0] == '[')
            {
                section = word;
            }
            else
            {
                yield return (section, word);
            }
        }
    }

    private static string Root()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "hbd.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory!;
    }
}
