using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Hbd.Daemon.Export;

/// <summary>Text for <c>crm configure load update</c>.</summary>
internal sealed class CrmShellWriter
{
    private readonly StringBuilder _text = new();

    public static string Write(PacemakerModel model) => new CrmShellWriter().Run(model);

    private string Run(PacemakerModel model)
    {
        Comment("Made by hbctl export pacemaker. Load with: crm configure load update FILE");
        foreach (string note in model.Notes)
        {
            Comment(note);
        }

        foreach (string node in model.Nodes)
        {
            Line("node " + node);
        }

        foreach (Primitive primitive in model.Groups.SelectMany(g => g.Members).Concat(model.Devices))
        {
            Write(primitive);
        }

        foreach (ResourceGroup group in model.Groups)
        {
            Write(group);
        }

        if (model.Ping is { } ping)
        {
            Write(ping);
            Line("clone clone_" + ping.Id + " " + ping.Id);
        }

        Constraints(model);
        Sets("property", model.Properties);
        Sets("rsc_defaults", model.Defaults);
        return _text.ToString();
    }

    private void Write(ResourceGroup group)
    {
        foreach (string note in group.Notes)
        {
            Comment(note);
        }

        if (group.Members.Count > 0)
        {
            Line("group " + group.Id + " " + string.Join(' ', group.Members.Select(m => m.Id)));
        }
    }

    private void Constraints(PacemakerModel model)
    {
        foreach (Preference preference in model.Preferences)
        {
            Line("location " + preference.Id + " " + preference.Resource + " " + preference.Score.Replace("INFINITY", "inf", StringComparison.Ordinal)
                + ": " + preference.Node);
        }

        foreach (string group in model.NeedPing)
        {
            Line("location needs_ping_" + group + " " + group + " rule -inf: not_defined pingd or pingd lte 0");
        }

        foreach (string group in model.PreferPing)
        {
            Line("location prefers_ping_" + group + " " + group + " rule pingd: defined pingd");
        }

        if (model.Topology.Count > 0)
        {
            Line("fencing_topology" + string.Concat(model.Topology.GroupBy(l => l.Node).Select(node => " \\\n    " + node.Key + ": "
                + string.Join(' ', node.OrderBy(l => l.Level).Select(l => string.Join(',', l.Devices))))));
        }
    }

    private void Write(Primitive primitive)
    {
        foreach (string note in primitive.Notes)
        {
            Comment(primitive.Id + ": " + note);
        }

        StringBuilder line = new("primitive " + primitive.Id + " " + primitive.Agent);
        Append(line, "params", primitive.Parameters);
        foreach (Operation operation in primitive.Operations)
        {
            line.Append(" \\\n    op ").Append(operation.Name).Append(" interval=").Append(operation.Interval).Append(" timeout=").Append(operation.Timeout);
            line.Append(operation.OnFail is null ? "" : " on-fail=" + operation.OnFail);
            line.Append(operation.Level == 0 ? "" : " OCF_CHECK_LEVEL=" + operation.Level.ToString(CultureInfo.InvariantCulture));
        }

        Append(line, "meta", primitive.Meta);
        Line(line.ToString());
    }

    private void Sets(string what, List<Pair> pairs)
    {
        StringBuilder line = new(what);
        foreach (Pair pair in pairs)
        {
            line.Append(" \\\n    ").Append(pair.Name).Append('=').Append(Quoted(pair.Value));
        }

        Line(line.ToString());
    }

    private static void Append(StringBuilder line, string word, List<Pair> pairs)
    {
        if (pairs.Count > 0)
        {
            line.Append(" \\\n    ").Append(word);
            foreach (Pair pair in pairs)
            {
                line.Append(' ').Append(pair.Name).Append('=').Append(Quoted(pair.Value));
            }
        }
    }

    private void Comment(string text) => Line("# " + text.ReplaceLineEndings(" "));

    private void Line(string text) => _text.Append(text).Append('\n');

    private static string Quoted(string value)
        => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or ',' or '@' or '%' or '+')
            ? value : "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ") + "\"";
}
