using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Hbd.Daemon.Export;

/// <summary>A CIB as XML, schema pacemaker-3.0: for <c>cibadmin --replace</c>, <c>crm_verify</c> and <c>crm_simulate</c>.</summary>
internal sealed class CibWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public static string Write(PacemakerModel model) => new CibWriter().Run(model);

    private string Run(PacemakerModel model)
    {
        _text.Append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Open("cib", ("crm_feature_set", "3.0.14"), ("validate-with", "pacemaker-3.0"), ("epoch", "1"), ("num_updates", "0"),
            ("admin_epoch", "0"), ("have-quorum", "1"));
        Comment("Made by hbctl export pacemaker. Check with: crm_verify -x FILE");
        foreach (string note in model.Notes)
        {
            Comment(note);
        }

        Open("configuration");
        Settings("crm_config", "cluster_property_set", "hbd-properties", model.Properties);
        Open("nodes");
        for (int i = 0; i < model.Nodes.Count; i++)
        {
            Empty("node", ("id", (i + 1).ToString(CultureInfo.InvariantCulture)), ("uname", model.Nodes[i]));
        }

        Close("nodes");
        Resources(model);
        Constraints(model);
        Topology(model.Topology);
        Settings("rsc_defaults", "meta_attributes", "hbd-defaults", model.Defaults);
        Close("configuration");
        Empty("status");
        Close("cib");
        return _text.ToString();
    }

    private void Resources(PacemakerModel model)
    {
        Open("resources");
        foreach (ResourceGroup group in model.Groups)
        {
            foreach (string note in group.Notes)
            {
                Comment(note);
            }

            if (group.Members.Count > 0)
            {
                Open("group", ("id", group.Id));
                group.Members.ToList().ForEach(Write);
                Close("group");
            }
        }

        model.Devices.ForEach(Write);
        if (model.Ping is { } ping)
        {
            Open("clone", ("id", "clone_" + ping.Id));
            Write(ping);
            Close("clone");
        }

        Close("resources");
    }

    private void Write(Primitive primitive)
    {
        foreach (string note in primitive.Notes)
        {
            Comment(primitive.Id + ": " + note);
        }

        List<(string, string)> attributes = [("id", primitive.Id), ("class", primitive.Class)];
        if (primitive.Provider is { } provider)
        {
            attributes.Add(("provider", provider));
        }

        attributes.Add(("type", primitive.Type));
        Open("primitive", [.. attributes]);
        Attributes("instance_attributes", primitive.Id + "-params", primitive.Parameters);
        if (primitive.Operations.Count > 0)
        {
            Open("operations");
            primitive.Operations.ForEach(o => Write(primitive.Id, o));
            Close("operations");
        }

        Attributes("meta_attributes", primitive.Id + "-meta", primitive.Meta);
        Close("primitive");
    }

    private void Write(string owner, Operation operation)
    {
        string id = owner + "-" + operation.Name + "-" + operation.Interval;
        List<(string, string)> attributes =
            [("id", id), ("name", operation.Name), ("interval", operation.Interval), ("timeout", operation.Timeout)];
        if (operation.OnFail is { } onFail)
        {
            attributes.Add(("on-fail", onFail));
        }

        if (operation.Level == 0)
        {
            Empty("op", [.. attributes]);
            return;
        }

        Open("op", [.. attributes]);
        Attributes("instance_attributes", id + "-params", [new Pair("OCF_CHECK_LEVEL", operation.Level.ToString(CultureInfo.InvariantCulture))]);
        Close("op");
    }

    private void Constraints(PacemakerModel model)
    {
        Open("constraints");
        foreach (Preference preference in model.Preferences)
        {
            Empty("rsc_location", ("id", preference.Id), ("rsc", preference.Resource), ("node", preference.Node), ("score", preference.Score));
        }

        foreach (string group in model.NeedPing)
        {
            Rule("needs_ping_" + group, group, ("score", "-INFINITY"), ("boolean-op", "or"),
                [("not_defined", null), ("lte", "0")]);
        }

        foreach (string group in model.PreferPing)
        {
            Rule("prefers_ping_" + group, group, ("score-attribute", "pingd"), ("boolean-op", "and"), [("defined", null)]);
        }

        Close("constraints");
    }

    private void Rule(string id, string group, (string, string) score, (string, string) logic, (string Operation, string? Value)[] expressions)
    {
        Open("rsc_location", ("id", id), ("rsc", group));
        Open("rule", ("id", id + "-rule"), score, logic);
        foreach ((string operation, string? value) in expressions)
        {
            List<(string, string)> attributes = [("id", id + "-" + operation), ("attribute", "pingd"), ("operation", operation)];
            if (value is not null)
            {
                attributes.Add(("value", value));
                attributes.Add(("type", "number"));
            }

            Empty("expression", [.. attributes]);
        }

        Close("rule");
        Close("rsc_location");
    }

    private void Topology(List<FencingLevel> levels)
    {
        if (levels.Count == 0)
        {
            return;
        }

        Open("fencing-topology");
        foreach (FencingLevel level in levels)
        {
            string number = level.Level.ToString(CultureInfo.InvariantCulture);
            Empty("fencing-level", ("id", "level-" + level.Node + "-" + number), ("target", level.Node), ("index", number),
                ("devices", string.Join(',', level.Devices)));
        }

        Close("fencing-topology");
    }

    private void Settings(string element, string set, string id, List<Pair> pairs)
    {
        Open(element);
        Attributes(set, id, pairs);
        Close(element);
    }

    private void Attributes(string element, string id, List<Pair> pairs)
    {
        if (pairs.Count == 0)
        {
            return;
        }

        Open(element, ("id", id));
        foreach (Pair pair in pairs)
        {
            Empty("nvpair", ("id", id + "-" + pair.Name), ("name", pair.Name), ("value", pair.Value));
        }

        Close(element);
    }

    private void Open(string element, params (string Name, string Value)[] attributes)
    {
        Tag(element, attributes, ">");
        _depth++;
    }

    private void Empty(string element, params (string Name, string Value)[] attributes) => Tag(element, attributes, "/>");

    private void Close(string element)
    {
        _depth--;
        Indent().Append("</").Append(element).Append(">\n");
    }

    private void Tag(string element, (string Name, string Value)[] attributes, string end)
    {
        Indent().Append('<').Append(element);
        foreach ((string name, string value) in attributes)
        {
            _text.Append(' ').Append(name).Append("=\"").Append(Escaped(value)).Append('"');
        }

        _text.Append(end).Append('\n');
    }

    /// <summary>Two hyphens would end a comment.</summary>
    private void Comment(string text)
    {
        string safe = PlainText.Of(text).Replace("--", "- -", StringComparison.Ordinal);
        Indent().Append("<!-- ").Append(safe).Append(" -->\n");
    }

    private StringBuilder Indent() => _text.Append(' ', 2 * _depth);

    private static string Escaped(string value)
    {
        StringBuilder escaped = new();
        foreach (char c in value)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                _ => escaped.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c),
            };
        }

        return escaped.ToString();
    }
}
