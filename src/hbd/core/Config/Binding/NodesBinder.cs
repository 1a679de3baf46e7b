using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config.Toml;
using Hbd.Core.Wire;

namespace Hbd.Core.Config.Binding;

/// <summary>The two members.</summary>
internal sealed class NodesBinder(MessageList messages)
{
    private const string Expected = "two names such as [\"srv1\", \"srv2\"], as uname -n prints them";

    /// <summary>Null after an error.</summary>
    public string[]? Bind(Section top)
    {
        if (top.Array("nodes", Expected, required: true) is not { } array)
        {
            return null;
        }

        List<TomlString> names = TomlLists.Strings(array, "nodes", "names in quotes", messages);
        if (array.Items.Count < Limits.Nodes)
        {
            string count = array.Items.Count.ToString(CultureInfo.InvariantCulture);
            messages.Error(array.Position, $"nodes has {count} of 2 names; expected {Expected}");
            return null;
        }

        if (array.Items.Count > Limits.Nodes)
        {
            messages.Error(array.Items[Limits.Nodes].Position,
                "a third node; hbd is made for exactly two full members, "
                + "for more use Pacemaker; expected " + Expected);
            return null;
        }

        bool valid = names.Count == Limits.Nodes;
        foreach (TomlString name in names)
        {
            valid &= IsValid(name);
        }

        if (!valid)
        {
            return null;
        }

        string[] nodes = [Lower(names[0].Text), Lower(names[1].Text)];
        if (nodes[0] == nodes[1])
        {
            messages.Error(names[1].Position, $"node \"{nodes[1]}\" is named twice; expected {Expected}");
            return null;
        }

        if (WireId.Of(nodes[0]) == WireId.Of(nodes[1]))
        {
            messages.Error(names[1].Position, $"node \"{nodes[1]}\" has the same number on the wire as node \"{nodes[0]}\"; "
                + "expected another name for one of them");
            return null;
        }

        return nodes;
    }

    /// <summary>The number of a node by its name in any case, or null.</summary>
    public static int? Find(string[] nodes, string name)
    {
        int index = System.Array.IndexOf(nodes, Lower(name));
        return index < 0 ? null : index;
    }

#pragma warning disable CA1308 // Node names are lower case in the field's files and on the wire, not upper case.
    public static string Lower(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308

    private bool IsValid(TomlString name)
    {
        if (Names.IsWord(name.Text) && name.Text.Length <= Limits.NodeNameChars)
        {
            return true;
        }

        messages.Error(name.Position, $"node \"{Shown.Word(name.Text)}\" is no host name; "
            + "expected 1 to 64 letters, digits, '-', '.' or '_'");
        return false;
    }
}
