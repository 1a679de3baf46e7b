using System;
using System.Collections.Generic;
using Hbd.Core.Config.Toml;

using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>One [[group]].</summary>
internal sealed class GroupTableBinder(MessageList messages, string[]? nodes, ResourceBinder resources)
{
    private const string ResourcesExpected =
        "a list such as [\"10.0.0.100/24/eth0\", { agent = \"ocf:heartbeat:pgsql\" }]";

    private static readonly string[] s_keys = ["name", "node", "require", "resources"];
    private static readonly string[] s_require = ["none", "ping", "witness", "fence"];

    /// <summary>Null after an error.</summary>
    public GroupDraft? Bind(TomlTable table)
    {
        Section section = new(table, "[[group]]", s_keys, messages);
        section.RefuseUnknownKeys();
        TomlString? name = BindName(section);
        int? node = BindNode(section);
        Require require = BindRequire(section);
        List<ResourceDraft>? members = BindResources(section);
        return name is null || node is null || members is null
            ? null
            : new GroupDraft(name.Position, name.Text, node.Value, require, section.At("require"), members);
    }

    private TomlString? BindName(Section section)
    {
        const string Expected = "a name of 1 to 255 characters without blanks";
        TomlString? name = section.Text("name", Expected, required: true);
        if (name is not null && (!Names.IsOneWord(name.Text) || name.Text.Length > Limits.GroupNameChars))
        {
            messages.Error(name.Position, $"group name \"{Shown.Word(name.Text)}\" is not valid; expected {Expected}");
            return null;
        }

        return name;
    }

    private int? BindNode(Section section)
    {
        string expected = nodes is null
            ? "the preferred node"
            : $"the preferred node, \"{nodes[0]}\" or \"{nodes[1]}\"";
        if (section.Text("node", expected, required: true) is not { } text || nodes is null)
        {
            return null;
        }

        int? node = NodesBinder.Find(nodes, text.Text);
        if (node is null)
        {
            messages.Error(text.Position, $"node \"{Shown.Word(text.Text)}\" is not one of the nodes; expected "
                + Shown.OneOf(nodes) + NearestWord.Hint(text.Text, nodes));
        }

        return node;
    }

    private Require BindRequire(Section section)
    {
        if (section.Text("require", Shown.OneOf(s_require), required: false) is not { } text)
        {
            return Require.None;
        }

        int index = System.Array.IndexOf(s_require, text.Text);
        if (index < 0)
        {
            messages.Error(text.Position, $"require \"{Shown.Word(text.Text)}\" is unknown; expected "
                + Shown.OneOf(s_require) + NearestWord.Hint(text.Text, s_require));
        }

        return (Require)Math.Max(0, index);
    }

    private List<ResourceDraft>? BindResources(Section section)
    {
        if (section.Array("resources", ResourcesExpected, required: true) is not { } array)
        {
            return null;
        }

        if (array.Items.Count == 0)
        {
            messages.Error(array.Position, "a group without resources; expected " + ResourcesExpected);
        }

        List<ResourceDraft> members = [];
        foreach (TomlValue item in array.Items)
        {
            if (BindResource(item) is { } resource)
            {
                members.Add(resource);
            }
        }

        return members;
    }

    private ResourceDraft? BindResource(TomlValue item)
    {
        switch (item)
        {
            case TomlString text:
                return resources.BindWord(text.Text, text.Position);
            case TomlTable table:
                return resources.BindTable(table);
            default:
                messages.Error(item.Position, $"resources holds {item.Kind}; expected {ResourcesExpected}");
                return null;
        }
    }
}
