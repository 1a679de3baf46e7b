using System.Collections.Generic;
using Hbd.Core.Config.Toml;

using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// Reads the sections that <see cref="NotYet"/> refuses, so that a file written for a later version is told about its
/// own mistakes too, and not only that it comes early.
/// </summary>
internal sealed class LaterSections(MessageList messages)
{
    private const string Addresses = "addresses such as [\"10.0.0.253\", \"10.0.0.254\"]";

    private static readonly string[] s_pingGroupKeys = ["name", "addresses"];

    public void Check(TomlTable root, Section top)
    {
        if (top.Array("ping", Addresses, required: false) is { } ping)
        {
            CheckAddresses(ping, "ping");
        }

        _ = top.Time("deadping", TimeRange.Deadtime);
        if (top.Text("watchdog", "a device such as \"/dev/watchdog\", or \"none\"", required: false) is { Text: not "none" } watchdog)
        {
            NotYet.Refuse(messages, watchdog.Position, "watchdog");
        }

        foreach (string key in (string[])["ping", "deadping"])
        {
            if (top.Find(key) is { } entry)
            {
                NotYet.Refuse(messages, entry.Position, key);
            }
        }

        foreach (TomlTable table in TomlLists.Tables(root, "ping_group", messages))
        {
            CheckPingGroup(table);
        }
    }

    private void CheckPingGroup(TomlTable table)
    {
        Section section = new(table, "[[ping_group]]", s_pingGroupKeys, messages);
        section.RefuseUnknownKeys();
        _ = section.Text("name", "a name", required: true);
        if (section.Array("addresses", Addresses, required: true) is { } array)
        {
            CheckAddresses(array, "addresses");
        }

        NotYet.Refuse(messages, table.Position, "ping_group");
    }

    private void CheckAddresses(TomlArray array, string key)
    {
        List<TomlString> addresses = TomlLists.Strings(array, key, "addresses in quotes", messages);
        foreach (TomlString address in addresses)
        {
            if (AddressText.Parse(address.Text) is null)
            {
                messages.Error(address.Position,
                    $"\"{Shown.Word(address.Text)}\" is not an address; expected {Addresses}");
            }
        }
    }
}
