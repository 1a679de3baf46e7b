using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>
/// Parameters of an address, in either notation: one argument <c>ip[/bits[/if[:label]][/broadcast]]</c> as in
/// haresources,
/// or the names of ocf:heartbeat:IPaddr2. The first mistake ends the reading with a sentence about it.
/// </summary>
internal sealed class AddressSpecReader
{
    private const int LabelCharsMax = 15;

    private NetAddress _address;
    private int _prefix = -1;
    private InterfaceName _interface;
    private string _label = "";
    private NetAddress _broadcast;
    private bool _checkLink = true;
    private int _count = 5;
    private int _intervalMs = 200;
    private int _refreshSeconds = 60;
    private string? _problem;

    public static AddressSpec? Read(
        IReadOnlyList<string> arguments, IReadOnlyList<KeyValuePair<string, string>> parameters, out string? problem)
    {
        AddressSpecReader reader = new();
        if (arguments.Count > 0)
        {
            reader.Positional(string.Join("::", arguments));
        }

        for (int i = 0; i < parameters.Count && reader._problem is null; i++)
        {
            reader.Named(parameters[i].Key, parameters[i].Value);
        }

        problem = reader._problem ?? reader.Contradiction();
        return problem is not null
            ? null
            : new AddressSpec(
                reader._address, reader._prefix, reader._interface, reader._label, reader._broadcast, reader._checkLink,
                new AnnouncePlan(reader._count, reader._intervalMs * 1_000_000L, reader._refreshSeconds * 1_000_000_000L));
    }

    /// <summary>
    /// haresources splits at every <c>::</c>, also at that of IPv6addr::2001:db8::1/64: the caller has joined it again.
    /// </summary>
    private void Positional(string text)
    {
        string[] parts = text.Split('/');
        Address(parts[0]);
        int next = 1;
        if (next < parts.Length)
        {
            Prefix(parts[next++]);
        }

        if (next < parts.Length && !IPAddress.TryParse(parts[next], out _))
        {
            string[] names = parts[next++].Split(':', 2);
            Interface(names[0]);
            if (names.Length == 2)
            {
                Label(names[1]);
            }
        }

        if (next < parts.Length)
        {
            Broadcast(parts[next++]);
        }

        if (next < parts.Length)
        {
            Wrong("\"" + text + "\" has more parts than ip/bits/interface/broadcast");
        }
    }

    private void Named(string name, string value)
    {
        switch (name)
        {
            case "ip" or "ipv6addr":
                Address(value);
                break;
            case "cidr_netmask" or "netmask":
                Prefix(value);
                break;
            case "nic":
                Interface(value);
                break;
            case "iflabel":
                Label(value);
                break;
            case "broadcast":
                Broadcast(value);
                break;
            case "arp_count":
                _count = Number(name, value, 0, 1_000);
                break;
            case "arp_interval":
                _intervalMs = Number(name, value, 10, 3_600_000);
                break;
            case "arp_refresh":
                _refreshSeconds = Number(name, value, 0, 86_400);
                break;
            case "check_link_status":
                _checkLink = Boolean(name, value);
                break;
            default:
                Wrong("no parameter \"" + name + "\"; there are ip, cidr_netmask, nic, broadcast, iflabel, arp_count,"
                    + " arp_interval, arp_refresh, check_link_status (ocf:heartbeat:IPaddr2 runs the shell agent with all of its own)");
                break;
        }
    }

    private string? Contradiction()
    {
        if (_address.IsNone)
        {
            return "no address: expected ip/bits/interface or the parameter ip";
        }

        if (_prefix > _address.Bits)
        {
            return Text(_prefix) + " bits are too many for " + _address + ", at most " + Text(_address.Bits);
        }

        if (_address.IsV6 && (_label.Length > 0 || !_broadcast.IsNone))
        {
            return "labels and broadcast addresses are for IPv4, " + _address + " is IPv6";
        }

        if (!_broadcast.IsNone && _broadcast.IsV6)
        {
            return "the broadcast address " + _broadcast + " is not IPv4";
        }

        if (!_interface.IsNone && _label.Length + 1 + _interface.ToString().Length > LabelCharsMax)
        {
            return "the label " + _interface + ":" + _label + " has more than " + Text(LabelCharsMax) + " characters";
        }

        return null;
    }

    private void Address(string text)
    {
        string bare = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;

        // IPAddress.Parse also takes "10.1" and "0x0a000001": not what anybody means here.
        bool parsed = IPAddress.TryParse(bare, out IPAddress? address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6
                || string.Equals(address.ToString(), bare, StringComparison.Ordinal));
        if (!parsed || bare.Contains('%', StringComparison.Ordinal))
        {
            Wrong("\"" + text + "\" is not an address; expected 10.0.0.100 or [2001:db8::1]");
            return;
        }

        NetAddress value = NetAddress.From(address!);
        if (IPAddress.IsLoopback(address!) || address!.IsIPv6Multicast || address.Equals(IPAddress.Any)
            || address.Equals(IPAddress.IPv6Any) || (!value.IsV6 && address.GetAddressBytes()[0] >= 224))
        {
            Wrong(text + " is no address for a machine (loopback, multicast or unspecified)");
        }

        _address = value;
    }

    private void Prefix(string text)
    {
        if (text.Contains('.', StringComparison.Ordinal) && IPAddress.TryParse(text, out IPAddress? mask)
            && mask.AddressFamily == AddressFamily.InterNetwork)
        {
            byte[] bytes = mask.GetAddressBytes();
            uint bits = ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];
            _prefix = BitOperations.PopCount(bits);
            if (BitOperations.LeadingZeroCount(~bits) != _prefix)
            {
                Wrong("\"" + text + "\" is not a netmask: its ones are not all in front");
            }

            return;
        }

        _prefix = Number("netmask", text, 1, 128);
    }

    private void Interface(string text)
    {
        if (InterfaceName.Parse(text) is { } name)
        {
            _interface = name;
        }
        else
        {
            Wrong("\"" + text + "\" is not the name of an interface (1 to 15 characters, no blank, no slash)");
        }
    }

    private void Label(string text)
    {
        // The whole label, as IPaddr2 once wanted it, or only what comes behind the colon.
        string suffix = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (InterfaceName.Parse(suffix) is null)
        {
            Wrong("\"" + text + "\" is not a label");
        }

        _label = suffix;
    }

    private void Broadcast(string text)
    {
        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            _broadcast = NetAddress.From(address);
        }
        else
        {
            Wrong("\"" + text + "\" is not a broadcast address");
        }
    }

    private int Number(string name, string text, int min, int max)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max)
        {
            return value;
        }

        Wrong(name + ": \"" + text + "\" is not a number from " + Text(min) + " to " + Text(max));
        return min;
    }

    private bool Boolean(string name, string text)
    {
        if (text is "true" or "yes" or "on" or "1")
        {
            return true;
        }

        if (text is not ("false" or "no" or "off" or "0"))
        {
            Wrong(name + ": \"" + text + "\" is neither true nor false");
        }

        return false;
    }

    private void Wrong(string problem) => _problem ??= problem;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
