using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>The ways to send, in the order of the file.</summary>
internal sealed class MediaBinder(MessageList messages, string[]? nodes, Duration keepalive)
{
    private const int PortDefault = 694;
    private const int PortMax = 65_535;
    private const string InterfaceExpected = "an interface such as \"eth0\"";

    /// <summary>Frame without group state (64 bytes), its byte stuffing, CRC and two delimiters.</summary>
    private const int SerialFrameBytes = 72;

    /// <summary>8N1: a start and a stop bit around each byte.</summary>
    private const int SerialBitsPerByte = 10;

    private static readonly string[] s_mcastKeys = ["interface", "group", "port", "ttl"];
    private static readonly string[] s_bcastKeys = ["interface", "port"];
    private static readonly string[] s_ucastKeys = ["interface", "peer", "port"];
    private static readonly string[] s_serialKeys = ["device", "baud"];

    private readonly List<(TomlPosition At, MediumConfig Medium)> _media = [];

    public List<MediumConfig> Bind(TomlTable root)
    {
        int sections = 0;
        sections += BindAll(root, "mcast", BindMcast);
        sections += BindAll(root, "bcast", BindBcast);
        sections += BindAll(root, "ucast", BindUcast);
        sections += BindAll(root, "serial", BindSerial);
        if (sections == 0)
        {
            messages.Missing(root.Position,
                "no medium; expected at least one section [[mcast]], [[bcast]], [[ucast]] or [[serial]]");
        }

        // The number of a link must not depend on which kinds the file happens to list first.
        _media.Sort((a, b) => a.At.Line != b.At.Line
            ? a.At.Line.CompareTo(b.At.Line)
            : a.At.Column.CompareTo(b.At.Column));
        if (_media.Count > Limits.Links)
        {
            messages.Error(_media[Limits.Links].At, "too many media; expected at most "
                + Limits.Links.ToString(CultureInfo.InvariantCulture));
        }

        return NameThem();
    }

    private int BindAll(TomlTable root, string key, Func<TomlTable, MediumConfig?> bind)
    {
        List<TomlTable> tables = TomlLists.Tables(root, key, messages);
        foreach (TomlTable table in tables)
        {
            if (bind(table) is { } medium)
            {
                RefuseDuplicate(table.Position, medium);
                _media.Add((table.Position, medium));
            }
        }

        return tables.Count + (tables.Count == 0 && root.Find(key) is not null ? 1 : 0);
    }

    private McastConfig? BindMcast(TomlTable table)
    {
        Section section = Open(table, "[[mcast]]", s_mcastKeys);
        string? device = BindInterface(section, required: true);
        IPAddress? group = BindMulticast(section);
        int port = BindPort(section);
        int ttl = section.Integer("ttl", 1, 1, 255);
        return device is null || group is null ? null : new McastConfig
        {
            Name = "mcast " + device,
            Interface = device,
            Group = group,
            Port = port,
            Ttl = ttl,
        };
    }

    private IPAddress? BindMulticast(Section section)
    {
        const string Expected =
            "a multicast address, 224.0.0.0 to 239.255.255.255 or ff00::/8, such as \"239.192.0.94\"";
        if (section.Text("group", Expected, required: true) is not { } text)
        {
            return null;
        }

        IPAddress? group = AddressText.Parse(text.Text);
        if (group is not null && AddressText.IsMulticast(group))
        {
            return group;
        }

        messages.Error(text.Position,
            $"group \"{Shown.Word(text.Text)}\" is not a multicast address; expected {Expected}");
        return null;
    }

    private BcastConfig? BindBcast(TomlTable table)
    {
        Section section = Open(table, "[[bcast]]", s_bcastKeys);
        string? device = BindInterface(section, required: true);
        int port = BindPort(section);
        return device is null ? null : new BcastConfig { Name = "bcast " + device, Interface = device, Port = port };
    }

    private UcastConfig? BindUcast(TomlTable table)
    {
        Section section = Open(table, "[[ucast]]", s_ucastKeys);
        string? device = BindInterface(section, required: false);
        IPAddress[]? addresses = new PeerBinder(messages, nodes).Bind(section);
        int port = BindPort(section);
        if (addresses is null)
        {
            return null;
        }

        if (device is null && (AddressText.IsLinkLocalV6(addresses[0]) || AddressText.IsLinkLocalV6(addresses[1])))
        {
            messages.Error(section.At("peer"), "a link-local address means nothing without its interface; "
                + "expected interface = " + InterfaceExpected);
        }

        return new UcastConfig
        {
            Name = "ucast " + (device ?? $"{addresses[0]}-{addresses[1]}"),
            Interface = device,
            Addresses = addresses,
            Port = port,
        };
    }

    private SerialConfig? BindSerial(TomlTable table)
    {
        const string DeviceExpected = "a device such as \"/dev/ttyS0\"";
        Section section = Open(table, "[[serial]]", s_serialKeys);
        TomlString? device = section.Text("device", DeviceExpected, required: true);
        int? baud = section.RequiredInteger("baud", 50, 4_000_000);
        if (device is null)
        {
            return null;
        }

        if (!device.Text.StartsWith('/') || !Names.IsOneWord(device.Text))
        {
            messages.Error(device.Position,
                $"device \"{Shown.Word(device.Text)}\" is not a path; expected {DeviceExpected}");
        }

        if (baud is { } speed)
        {
            WarnIfTooSlow(section, device.Text, speed);
        }

        return new SerialConfig { Name = "serial " + device.Text, Device = device.Text, Baud = baud ?? 0 };
    }

    /// <summary>Time on the line of a frame with one group.</summary>
    public static Duration SerialFrameTime(int baud) => new(SerialFrameBytes * SerialBitsPerByte * 1_000_000_000L / baud);

    private void WarnIfTooSlow(Section section, string device, int baud)
    {
        Duration frame = SerialFrameTime(baud);
        if (frame > keepalive)
        {
            messages.Warn(section.At("baud"), $"serial {Shown.Word(device)} is too slow: one frame of 72 bytes takes "
                + $"{Duration.FromMilliseconds(frame.Milliseconds)} at {baud} baud, keepalive is {keepalive}; "
                + "use a faster line or a longer keepalive");
        }
    }

    private Section Open(TomlTable table, string name, string[] keys)
    {
        Section section = new(table, name, keys, messages);
        section.RefuseUnknownKeys();
        return section;
    }

    private static int BindPort(Section section) => section.Integer("port", PortDefault, 1, PortMax);

    private string? BindInterface(Section section, bool required)
    {
        if (section.Text("interface", InterfaceExpected, required) is not { } text)
        {
            return null;
        }

        if (!Names.IsInterface(text.Text))
        {
            messages.Error(text.Position, $"interface \"{Shown.Word(text.Text)}\" is no interface name; expected "
                + "1 to 15 characters without blanks, '/' and ':'");
        }

        return text.Text;
    }

    private void RefuseDuplicate(TomlPosition at, MediumConfig medium)
    {
        foreach ((TomlPosition before, MediumConfig other) in _media)
        {
            if (IsSameWay(medium, other))
            {
                messages.Error(at, string.Create(CultureInfo.InvariantCulture,
                    $"{medium.Name} is the same medium as in line {before.Line}; expected every medium once"));
                return;
            }
        }
    }

    /// <summary>The same cable twice is no second link, whatever else differs.</summary>
    private static bool IsSameWay(MediumConfig a, MediumConfig b) => (a, b) switch
    {
        (McastConfig x, McastConfig y) => x.Interface == y.Interface && x.Port == y.Port && x.Group.Equals(y.Group),
        (BcastConfig x, BcastConfig y) => x.Interface == y.Interface && x.Port == y.Port,
        (UcastConfig x, UcastConfig y) => x.Port == y.Port
            && x.Addresses[0].Equals(y.Addresses[0]) && x.Addresses[1].Equals(y.Addresses[1]),
        (SerialConfig x, SerialConfig y) => x.Device == y.Device,
        _ => false,
    };

    /// <summary>Names are short as long as they are unique; media that share one say more.</summary>
    private List<MediumConfig> NameThem()
    {
        List<MediumConfig> named = [];
        foreach ((_, MediumConfig medium) in _media)
        {
            string name = medium.Name;
            if (IsShared(name))
            {
                name = medium switch
                {
                    McastConfig mcast => $"{name} {mcast.Group} {mcast.Port}",
                    BcastConfig bcast => $"{name} {bcast.Port}",
                    UcastConfig { Interface: null } ucast => $"{name} {ucast.Port}",
                    UcastConfig ucast => $"{name} {ucast.Addresses[0]}-{ucast.Addresses[1]} {ucast.Port}",
                    _ => name,
                };
            }

            named.Add(medium with { Name = name });
        }

        return named;
    }

    private bool IsShared(string name)
    {
        int count = 0;
        foreach ((_, MediumConfig medium) in _media)
        {
            count += medium.Name == name ? 1 : 0;
        }

        return count > 1;
    }
}
