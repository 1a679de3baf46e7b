using System.Collections.Generic;
using System.Globalization;
using System.Net;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// The ping nodes: <c>ping = ["10.0.0.253"]</c> or <c>[[ping]]</c>, <c>[[ping_group]]</c>, and the times that go with them.
/// </summary>
internal sealed class PingBinder(MessageList messages)
{
    private const string Addresses = "addresses such as [\"10.0.0.253\", \"10.0.0.254\"]";
    private const string OneAddress = "an address such as \"10.0.0.253\" or \"2001:db8::1\"";
    private const int UpDefault = 3;
    private const int UpMax = 100;

    /// <summary>More often than this is a nuisance to whoever answers, and what follows takes longer anyway.</summary>
    private static readonly Duration s_intervalDefaultMin = Duration.FromMilliseconds(100);

    private static readonly string[] s_pingKeys = ["address", "weight"];
    private static readonly string[] s_groupKeys = ["name", "addresses", "weight"];
    private static readonly string[] s_settings = ["deadping", "ping_interval", "ping_hold", "ping_up"];

    private readonly List<PingTarget> _targets = [];
    private readonly SortedDictionary<string, TomlPosition> _seen = new(System.StringComparer.Ordinal);
    private readonly SortedDictionary<string, TomlPosition> _names = new(System.StringComparer.Ordinal);

    /// <summary>Null when there are no ping nodes.</summary>
    public PingConfig? Bind(TomlTable root, Section top, Timing timing)
    {
        BindPing(top);
        foreach (TomlTable table in TomlLists.Tables(root, "ping_group", messages))
        {
            BindGroup(table);
        }

        PingConfig config = BindTimes(top, timing);
        if (_targets.Count > 0)
        {
            return config;
        }

        foreach (string key in s_settings)
        {
            if (top.Find(key) is { } entry && !IsNamed(top))
            {
                messages.Missing(entry.Position, $"{key} without a ping node; expected ping = [\"10.0.0.253\"] or a section [[ping_group]]");
            }
        }

        return null;
    }

    /// <summary>The file speaks of ping nodes, rightly or not: that there are none is no news.</summary>
    public static bool IsNamed(Section top) => top.Find("ping") is not null || top.Find("ping_group") is not null;

    /// <summary>Both forms are an array in TOML: of strings, or of tables. They may even be mixed.</summary>
    private void BindPing(Section top)
    {
        if (top.Array("ping", Addresses + ", or sections [[ping]]", required: false) is not { } array)
        {
            return;
        }

        foreach (TomlValue item in array.Items)
        {
            switch (item)
            {
                case TomlString text:
                    Add(text.Text, ReadAddress(text), 1);
                    break;
                case TomlTable table:
                    Section section = new(table, "[[ping]]", s_pingKeys, messages);
                    section.RefuseUnknownKeys();
                    TomlString? address = section.Text("address", OneAddress, required: true);
                    int weight = Weight(section);
                    Add(address?.Text ?? "", address is null ? null : ReadAddress(address), weight);
                    break;
                default:
                    messages.Error(item.Position, $"ping holds {item.Kind}; expected {OneAddress}");
                    break;
            }
        }
    }

    private void BindGroup(TomlTable table)
    {
        const string Name = "a name of 1 to 64 letters, digits, '_', '.' or '-'";
        Section section = new(table, "[[ping_group]]", s_groupKeys, messages);
        section.RefuseUnknownKeys();
        TomlString? name = section.Text("name", Name, required: true);
        if (name is not null && (!Names.IsWord(name.Text) || name.Text.Length > Limits.NodeNameChars))
        {
            messages.Error(name.Position, $"name \"{Shown.Word(name.Text)}\" is not valid; expected {Name}");
        }
        else if (name is not null && !_names.TryAdd(name.Text, name.Position))
        {
            messages.Error(name.Position, $"ping group \"{name.Text}\" is already defined in line "
                + Line(_names[name.Text]) + "; expected a name of its own");
        }

        int weight = Weight(section);
        if (section.Array("addresses", Addresses, required: true) is not { } array)
        {
            return;
        }

        if (array.Items.Count == 0)
        {
            messages.Error(array.Position, "a ping group without addresses; expected " + Addresses);
        }

        List<IPAddress> addresses = [];
        foreach (TomlString text in TomlLists.Strings(array, "addresses", "addresses in quotes", messages))
        {
            if (ReadAddress(text) is { } address)
            {
                addresses.Add(address);
            }
        }

        if (name is not null && addresses.Count > 0)
        {
            _targets.Add(new PingTarget { Name = name.Text, Addresses = addresses, Weight = weight });
        }
    }

    private PingConfig BindTimes(Section top, Timing timing)
    {
        Duration interval = top.Time("ping_interval", TimeRange.PingInterval) ?? Later(timing.Keepalive, s_intervalDefaultMin);
        Duration? givenDeadping = top.Time("deadping", TimeRange.Deadping);
        Duration deadping = givenDeadping ?? Later(timing.Deadtime, interval * 3);
        Duration? givenHold = top.Time("ping_hold", TimeRange.PingHold);
        if (givenDeadping <= interval * 2)
        {
            messages.Error(top.At("deadping"), $"deadping {givenDeadping} is not more than twice ping_interval {interval}; "
                + "expected deadping > 2 x ping_interval");
        }

        if (givenHold < interval * 2)
        {
            messages.Error(top.At("ping_hold"), $"ping_hold {givenHold} is shorter than twice ping_interval {interval}: the nodes "
                + "do not find a change at the same moment; expected ping_hold >= 2 x ping_interval");
        }

        return new PingConfig
        {
            Targets = _targets,
            Interval = interval,
            Deadping = deadping,
            Hold = givenHold ?? deadping,
            Up = top.Integer("ping_up", UpDefault, 1, UpMax),
        };
    }

    private void Add(string name, IPAddress? address, int weight)
    {
        if (address is not null)
        {
            _targets.Add(new PingTarget { Name = name, Addresses = [address], Weight = weight });
        }
    }

    private static int Weight(Section section) => section.Integer("weight", 1, 0, Limits.PingWeight);

    /// <summary>Null after an error.</summary>
    private IPAddress? ReadAddress(TomlString text)
    {
        IPAddress? address = AddressText.Parse(text.Text);
        if (address is null || !AddressText.IsHost(address))
        {
            messages.Error(text.Position, $"\"{Shown.Word(text.Text)}\" is not the address of one machine; expected {OneAddress}");
            return null;
        }

        if (AddressText.IsLinkLocalV6(address))
        {
            messages.Error(text.Position, $"{Shown.Word(text.Text)} is link-local: it does not say on which interface; "
                + "expected a global or unique local address");
            return null;
        }

        if (!_seen.TryAdd(address.ToString(), text.Position))
        {
            messages.Error(text.Position, $"ping address {text.Text} is already in line {Line(_seen[address.ToString()])}; "
                + "expected each address once");
            return null;
        }

        if (_seen.Count == Limits.PingAddresses + 1)
        {
            messages.Error(text.Position, "too many ping addresses; expected at most "
                + Limits.PingAddresses.ToString(CultureInfo.InvariantCulture));
        }

        return address;
    }

    private static string Line(TomlPosition at) => at.Line.ToString(CultureInfo.InvariantCulture);

    private static Duration Later(Duration a, Duration b) => a > b ? a : b;
}
