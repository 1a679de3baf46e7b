using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Hbd.Core.Config;

namespace Hbd.Daemon.Conversion;

/// <summary>The lines of haresources; each is tried on hbd's own reader before it is taken.</summary>
internal sealed class HaresourcesConverter(Account account, IReadOnlyList<string> nodes)
{
    public List<HaGroup> Convert(IReadOnlyList<SourceLine> lines, IReadOnlyList<int> cut)
    {
        List<HaGroup> groups = [];
        SortedDictionary<string, int> seen = new(StringComparer.Ordinal);
        foreach (SourceLine line in lines)
        {
            string node = line.Words[0].ToLowerInvariant();
            string[] resources = [.. line.Words.Skip(1)];
            if (Problem(node, resources, seen) is { } problem)
            {
                account.Refused(line, problem);
                continue;
            }

            seen[resources[0]] = line.Number;
            groups.Add(new HaGroup(line, node, resources));
            Say(line, node, resources, cut.Contains(line.Number));
        }

        return groups;
    }

    private string? Problem(string node, string[] resources, SortedDictionary<string, int> seen)
    {
        if (!nodes.Contains(node))
        {
            return "\"" + node + "\" is not one of the nodes; heartbeat refuses it too";
        }

        if (resources.Length == 0)
        {
            return "a node without resources; remove the line";
        }

        if (Array.IndexOf(resources, "\\") >= 0)
        {
            return "a backslash that is not the end of its line; heartbeat does not join the lines there. Remove what stands behind it";
        }

        if (seen.TryGetValue(resources[0], out int first))
        {
            return FormattableString.Invariant($"its first resource is that of line {first}, and that names the group; put another one first");
        }

        return Trial(node, resources);
    }

    /// <summary>What hbd's reader says about this line alone.</summary>
    private static string? Trial(string node, string[] resources)
    {
        StringBuilder toml = new();
        toml.Append("nodes = [").Append(TomlWriter.Quoted(node)).Append(", \"another\"]\n[[bcast]]\ninterface = \"eth0\"\n[haresources]\n")
            .Append(TomlWriter.Quoted(node)).Append(" = [").Append(TomlWriter.Quoted(string.Join(' ', resources))).Append("]\n");
        ConfigLoadResult result = ConfigLoader.Load("haresources", Encoding.UTF8.GetBytes(toml.ToString()));
        return result.Errors.Count == 0 ? null : result.Errors[0].Text;
    }

    private void Say(SourceLine line, string node, string[] resources, bool cut)
    {
        if (cut)
        {
            account.Translated(line, "without the comment of a continued line, whose words heartbeat takes for resources");
        }
        else if (Array.Exists(resources, r => r.StartsWith("IPv6addr::", StringComparison.Ordinal)))
        {
            account.Translated(line, "hbd takes the address of IPv6addr whole; heartbeat cuts it at its own \"::\"");
        }
        else if (node != line.Words[0])
        {
            account.Translated(line, "node in lower case");
        }
        else
        {
            account.Taken(line);
        }
    }
}
