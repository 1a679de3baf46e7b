using System.Net;
using Hbd.Core.Config.Toml;

using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// <c>peer = { srv1 = "10.0.1.1", srv2 = "10.0.1.2" }</c>: the fixed address of each node on one cable.
/// </summary>
internal sealed class PeerBinder(MessageList messages, string[]? nodes)
{
    private const string AddressExpected = "an address of that machine such as \"10.0.1.1\" or \"fd00::1\"";

    /// <summary>By the number of the node; null after an error.</summary>
    public IPAddress[]? Bind(Section section)
    {
        string expected = nodes is null
            ? "an address for each node, such as { srv1 = \"10.0.1.1\", srv2 = \"10.0.1.2\" }"
            : $"an address for each node, such as {{ {nodes[0]} = \"10.0.1.1\", {nodes[1]} = \"10.0.1.2\" }}";
        if (section.Table("peer", expected, required: true) is not { } table)
        {
            return null;
        }

        IPAddress?[] addresses = new IPAddress?[Limits.Nodes];
        bool[] seen = new bool[Limits.Nodes];
        foreach (TomlEntry entry in table.Entries)
        {
            BindEntry(entry, addresses, seen);
        }

        if (nodes is null)
        {
            return null;
        }

        for (int node = 0; node < Limits.Nodes; node++)
        {
            if (!seen[node])
            {
                messages.Missing(table.Position, $"peer has no address for {nodes[node]}; expected {expected}");
            }
        }

        return Check(table, addresses);
    }

    private void BindEntry(TomlEntry entry, IPAddress?[] addresses, bool[] seen)
    {
        IPAddress? address = BindAddress(entry);
        if (nodes is null)
        {
            return;
        }

        if (NodesBinder.Find(nodes, entry.Key) is not { } node)
        {
            messages.Error(entry.Position, $"peer \"{Shown.Word(entry.Key)}\" is not one of the nodes; expected "
                + Shown.OneOf(nodes) + NearestWord.Hint(entry.Key, nodes));
            return;
        }

        if (seen[node])
        {
            messages.Error(entry.Position, $"peer has two addresses for {nodes[node]}; expected one");
        }

        seen[node] = true;
        addresses[node] = address;
    }

    private IPAddress? BindAddress(TomlEntry entry)
    {
        if (entry.Value is not TomlString text)
        {
            messages.Error(entry.Value.Position,
                $"the address of {Shown.Word(entry.Key)} is {entry.Value.Kind}; expected "
                + AddressExpected);
            return null;
        }

        IPAddress? address = AddressText.Parse(text.Text);
        if (address is not null && AddressText.IsHost(address))
        {
            return address;
        }

        messages.Error(text.Position,
            $"\"{Shown.Word(text.Text)}\" is not the address of a machine; expected {AddressExpected}");
        return null;
    }

    private IPAddress[]? Check(TomlTable table, IPAddress?[] addresses)
    {
        if (addresses[0] is not { } first || addresses[1] is not { } second)
        {
            return null;
        }

        if (AddressText.IsV6(first) != AddressText.IsV6(second))
        {
            messages.Error(table.Position, $"peer mixes {first} and {second}; expected both IPv4 or both IPv6");
        }
        else if (first.Equals(second))
        {
            messages.Error(table.Position, $"peer gives both nodes the address {first}; expected two different ones");
        }

        return [first, second];
    }
}
