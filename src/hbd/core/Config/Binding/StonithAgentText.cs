using Hbd.Core.Diagnostics;
using System;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>The word that names a fencing device: <c>fence_ipmilan</c>, <c>external/ipmi</c>, <c>glue:apcmaster</c>, <c>meatware</c>.</summary>
internal sealed record StonithAgentText(StonithKind Kind, string Type)
{
    public const string Expected =
        "a device such as \"fence_ipmilan\", \"external/ipmi\", \"glue:apcmaster\", \"meatware\", \"nut\", \"rcd_serial\", \"plugin:acme\" or \"null\"";

    private const string FencePrefix = "fence_";
    private const string ExternalPrefix = "external/";
    private const string GluePrefix = "glue:";
    private const string PluginPrefix = "plugin:";

    private static readonly string[] s_builtIn = ["meatware", "null", "rcd_serial", "nut"];

    /// <summary>Null after an error.</summary>
    public static StonithAgentText? Parse(TomlString agent, MessageList messages)
    {
        string text = agent.Text;
        if (text.EndsWith(".so", StringComparison.Ordinal))
        {
            messages.Error(agent.Position, $"agent \"{Shown.Word(text)}\": a shared object is named without its ending and "
                + "directory; expected such as \"plugin:acme\"");
            return null;
        }

        if (Read(text) is { } read && Names.IsWord(read.Type) && read.Type[0] != '.')
        {
            return read;
        }

        messages.Error(agent.Position, $"agent \"{Shown.Word(text)}\" is unknown; expected {Expected}"
            + NearestWord.Hint(text, s_builtIn));
        return null;
    }

    private static StonithAgentText? Read(string text)
    {
        if (text.StartsWith(GluePrefix, StringComparison.Ordinal) && !text.StartsWith(GluePrefix + ExternalPrefix, StringComparison.Ordinal))
        {
            return new StonithAgentText(StonithKind.Glue, text[GluePrefix.Length..]);
        }

        if (text.StartsWith(PluginPrefix, StringComparison.Ordinal))
        {
            return new StonithAgentText(StonithKind.Plugin, text[PluginPrefix.Length..]);
        }

        string plain = text.StartsWith(GluePrefix, StringComparison.Ordinal) ? text[GluePrefix.Length..] : text;
        if (plain.StartsWith(ExternalPrefix, StringComparison.Ordinal))
        {
            return new StonithAgentText(StonithKind.External, plain[ExternalPrefix.Length..]);
        }

        return text switch
        {
            "meatware" => new StonithAgentText(StonithKind.Meatware, text),
            "null" => new StonithAgentText(StonithKind.Null, text),
            "rcd_serial" => new StonithAgentText(StonithKind.RcdSerial, text),
            "nut" => new StonithAgentText(StonithKind.Nut, text),
            _ => text.StartsWith(FencePrefix, StringComparison.Ordinal) && text.Length > FencePrefix.Length ? new StonithAgentText(StonithKind.FenceAgent, text) : null,
        };
    }
}
