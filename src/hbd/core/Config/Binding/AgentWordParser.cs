using System;
using System.Collections.Generic;

using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// Reads <c>10.0.0.100/24/eth0</c>, <c>[2001:db8::1]/64/eth0</c>, <c>Filesystem::/dev/drbd0::/data::ext4</c>,
/// <c>ocf:heartbeat:pgsql</c>, <c>heartbeat:name::argument</c>. An IPv6 address is never cut at its own <c>::</c>: the
/// argument of an address agent is taken whole, elsewhere brackets protect it.
/// </summary>
internal static class AgentWordParser
{
    public const string Expected =
        "an address such as 10.0.0.100/24/eth0 or [2001:db8::1]/64/eth0, an agent such as apache or "
        + "Filesystem::/dev/drbd0::/data::ext4, or a class such as ocf:heartbeat:pgsql, lsb:samba, systemd:nginx";

    private static readonly string[] s_classes = ["ocf", "heartbeat", "lsb", "systemd", "plugin", "service"];

    /// <summary>Null: <paramref name="problem"/> says why.</summary>
    public static AgentWord? Parse(string word, out string problem)
    {
        problem = "";
        string shown = Shown.Word(word);
        if (!Names.IsOneWord(word))
        {
            problem = $"\"{shown}\" is not one word; expected {Expected}";
            return null;
        }

        if (word[0] == '[')
        {
            return ParseBracketed(word, shown, out problem);
        }

        string first = word.Split('/')[0];
        if (LooksLikeV4(first))
        {
            return Address(word);
        }

        if (AddressText.Parse(first) is not null)
        {
            problem = $"an IPv6 address needs brackets here; did you mean \"[{first}]{shown[first.Length..]}\"?";
            return null;
        }

        return ParseAgent(word, shown, out problem);
    }

    private static AgentWord Address(string argument) => new(AgentClass.Search, null, "IPaddr", [argument]);

    /// <summary>Brackets are for the eye: the agent gets the argument in its classic form, without them.</summary>
    private static AgentWord? ParseBracketed(string word, string shown, out string problem)
    {
        problem = "";
        int close = word.IndexOf(']', StringComparison.Ordinal);
        if (close > 0 && (close + 1 == word.Length || word[close + 1] == '/'))
        {
            return Address(word[1..close] + word[(close + 1)..]);
        }

        problem = $"\"{shown}\" is not an address; expected such as [2001:db8::1]/64/eth0";
        return null;
    }

    /// <summary>Wrong addresses too, so that they are reported as such and not as unknown agents.</summary>
    private static bool LooksLikeV4(string text)
    {
        int points = 0;
        foreach (char c in text)
        {
            points += c == '.' ? 1 : 0;
            if (!char.IsAsciiDigit(c) && c != '.')
            {
                return false;
            }
        }

        return points > 0 && char.IsAsciiDigit(text[0]);
    }

    private static AgentWord? ParseAgent(string word, string shown, out string problem)
    {
        int cut = word.IndexOf("::", StringComparison.Ordinal);
        string head = cut < 0 ? word : word[..cut];
        string? rest = cut < 0 ? null : word[(cut + 2)..];
        if (rest is not null && Array.IndexOf(s_classes, head) >= 0)
        {
            problem = $"class {head} is followed by one colon; did you mean \"{head}:{Shown.Word(rest)}\"?";
            return null;
        }

        AgentWord? agent = ParseHead(head, shown, out problem);
        if (agent is null || rest is null)
        {
            return agent;
        }

        List<string> arguments = agent.IsAddress ? [Unbracketed(rest)] : SplitArguments(rest);
        if (arguments.Contains(""))
        {
            problem = $"\"{shown}\" has an empty argument; expected text after every \"::\"";
            return null;
        }

        if (agent.Class is AgentClass.Ocf or AgentClass.Lsb or AgentClass.Systemd or AgentClass.Service)
        {
            problem = agent.Class == AgentClass.Ocf
                ? $"\"{shown}\": OCF agents take named parameters, not \"::\" arguments; "
                    + "expected a [[group]] with params = { … }"
                : $"\"{shown}\": this class takes no arguments; expected \"{Shown.Word(head)}\"";
            return null;
        }

        return agent with { Arguments = arguments };
    }

    private static AgentWord? ParseHead(string head, string shown, out string problem)
    {
        problem = "";
        string[] parts = head.Split(':');
        if (!AreNames(parts))
        {
            problem = $"\"{shown}\" is not a resource; expected {Expected}";
            return null;
        }

        if (parts.Length == 1)
        {
            return new AgentWord(AgentClass.Search, null, head, []);
        }

        AgentClass? named = parts[0] switch
        {
            "ocf" => AgentClass.Ocf,
            "heartbeat" => AgentClass.Heartbeat,
            "lsb" => AgentClass.Lsb,
            "systemd" => AgentClass.Systemd,
            "plugin" => AgentClass.Plugin,
            "service" => AgentClass.Service,
            _ => null,
        };
        if (named is not { } agentClass)
        {
            problem = $"\"{parts[0]}\" in \"{shown}\" is not a class of agents; expected {Shown.OneOf(s_classes)}"
                + NearestWord.Hint(parts[0], s_classes);
            return null;
        }

        int expectedParts = agentClass == AgentClass.Ocf ? 3 : 2;
        if (parts.Length != expectedParts)
        {
            problem = agentClass == AgentClass.Ocf
                ? $"\"{shown}\" is no OCF agent; expected ocf:provider:name such as ocf:heartbeat:pgsql"
                : $"\"{shown}\" has too many colons; expected {parts[0]}:name";
            return null;
        }

        return new AgentWord(agentClass, agentClass == AgentClass.Ocf ? parts[1] : null, parts[^1], []);
    }

    /// <summary>Names become file and unit names: no slash may lead out of the agents' folder.</summary>
    private static bool AreNames(string[] parts)
    {
        foreach (string part in parts)
        {
            foreach (char c in part)
            {
                if (!Names.IsWordChar(c) && c is not ('@' or '+' or '\\'))
                {
                    return false;
                }
            }

            if (part.Length == 0 || part[0] == '.')
            {
                return false;
            }
        }

        return true;
    }

    private static string Unbracketed(string argument)
    {
        int close = argument.IndexOf(']', StringComparison.Ordinal);
        return argument.StartsWith('[') && close > 0 ? argument[1..close] + argument[(close + 1)..] : argument;
    }

    /// <summary>At every <c>::</c> outside brackets.</summary>
    private static List<string> SplitArguments(string text)
    {
        List<string> arguments = [];
        int start = 0;
        int brackets = 0;
        for (int i = 0; i < text.Length; i++)
        {
            brackets = text[i] == '[' ? brackets + 1 : text[i] == ']' ? Math.Max(0, brackets - 1) : brackets;
            if (brackets == 0 && text[i] == ':' && i + 1 < text.Length && text[i + 1] == ':')
            {
                arguments.Add(text[start..i]);
                start = i + 2;
                i++;
            }
        }

        arguments.Add(text[start..]);
        return arguments;
    }
}
