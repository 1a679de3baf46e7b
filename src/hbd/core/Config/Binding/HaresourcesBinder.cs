using System.Collections.Generic;
using Hbd.Core.Config.Toml;

using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// The classic lines: <c>node = ["first second third"]</c>, one group each, named by its first resource.
/// </summary>
internal sealed class HaresourcesBinder(MessageList messages, string[]? nodes, ResourceBinder resources)
{
    private const string LinesExpected = "lines such as [\"10.0.0.100/24/eth0 apache\"]";

    public List<GroupDraft> Bind(TomlTable root)
    {
        List<GroupDraft>[] byNode = [[], []];
        if (root.Find("haresources") is not { } entry)
        {
            return [];
        }

        if (entry.Value is not TomlTable table)
        {
            messages.Error(entry.Position,
                $"haresources is {entry.Value.Kind}; expected a section [haresources] with node = [lines]");
            return [];
        }

        foreach (TomlEntry lines in table.Entries)
        {
            int? node = FindNode(lines);
            BindLines(lines, node, byNode[node ?? 0]);
        }

        return [.. byNode[0], .. byNode[1]];
    }

    private int? FindNode(TomlEntry lines)
    {
        if (nodes is null)
        {
            return null;
        }

        int? node = NodesBinder.Find(nodes, lines.Key);
        if (node is null)
        {
            messages.Error(lines.Position,
                $"\"{Shown.Word(lines.Key)}\" in [haresources] is not one of the nodes; expected "
                + Shown.OneOf(nodes) + NearestWord.Hint(lines.Key, nodes));
        }

        return node;
    }

    private void BindLines(TomlEntry lines, int? node, List<GroupDraft> groups)
    {
        if (lines.Value is not TomlArray array)
        {
            messages.Error(lines.Value.Position,
                $"{Shown.Word(lines.Key)} is {lines.Value.Kind}; expected {LinesExpected}");
            return;
        }

        foreach (TomlString line in TomlLists.Strings(array, Shown.Word(lines.Key), "lines in quotes", messages))
        {
            if (BindLine(line, node) is { } group)
            {
                groups.Add(group);
            }
        }
    }

    private GroupDraft? BindLine(TomlString line, int? node)
    {
        List<(string Word, TomlPosition At)> words = Words(line);
        if (words.Count > 0 && nodes is not null && NodesBinder.Find(nodes, words[0].Word) is { } named)
        {
            // Pasted from the classic file, where the node stands first: fine, as long as it says the same.
            if (node is not null && named != node)
            {
                messages.Error(words[0].At,
                    $"this line begins with node {nodes[named]} but stands under {nodes[node.Value]}; "
                    + $"expected it under {nodes[named]}");
            }

            words.RemoveAt(0);
        }

        if (words.Count == 0)
        {
            messages.Error(line.Position, "a line without resources; expected " + AgentWordParser.Expected);
            return null;
        }

        if (!CheckClassicSigns(words))
        {
            return null;
        }

        List<ResourceDraft> members = [];
        foreach ((string word, TomlPosition at) in words)
        {
            if (resources.BindWord(word, at) is { } resource)
            {
                members.Add(resource);
            }
        }

        return members.Count == words.Count ? Draft(line, words[0], node, members) : null;
    }

    private GroupDraft? Draft(TomlString line, (string Word, TomlPosition At) first, int? node,
        List<ResourceDraft> members)
    {
        if (first.Word.Length > Limits.GroupNameChars)
        {
            messages.Error(line.Position,
                "the first resource names the group and is too long; expected at most 255 characters");
            return null;
        }

        return new GroupDraft(first.At, first.Word, node ?? 0, Require.None, first.At, members);
    }

    /// <summary>Comments and joined lines belong to the classic file; here TOML has its own.</summary>
    private bool CheckClassicSigns(List<(string Word, TomlPosition At)> words)
    {
        foreach ((string word, TomlPosition at) in words)
        {
            if (word[0] == '#')
            {
                messages.Error(at, "a comment inside a line; expected it after the closing quote");
                return false;
            }
        }

        if (words[^1].Word.EndsWith('\\'))
        {
            messages.Error(words[^1].At,
                "a line cannot be continued by a backslash here; expected the whole group in one string");
            return false;
        }

        return true;
    }

    private static List<(string Word, TomlPosition At)> Words(TomlString line)
    {
        List<(string, TomlPosition)> words = [];
        int start = -1;
        for (int i = 0; i <= line.Text.Length; i++)
        {
            bool blank = i == line.Text.Length || char.IsWhiteSpace(line.Text[i]);
            if (!blank && start < 0)
            {
                start = i;
            }
            else if (blank && start >= 0)
            {
                TomlPosition at = line.Plain ? line.Position.Right(start + 1) : line.Position;
                words.Add((line.Text[start..i], at));
                start = -1;
            }
        }

        return words;
    }
}
