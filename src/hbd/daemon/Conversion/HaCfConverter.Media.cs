using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using Hbd.Core.Config.Binding;

namespace Hbd.Daemon.Conversion;

/// <content>Media, ping nodes and fencing devices.</content>
internal sealed partial class HaCfConverter
{
    private const int PortDefault = 694;
    private const int BaudDefault = 19_200;

    private int _port = PortDefault;
    private int _baud = BaudDefault;

    private bool Medium(SourceLine line, string name)
    {
        switch (name)
        {
            case "udpport":
                Port(line);
                return true;
            case "baud":
                Baud(line);
                return true;
            case "serial":
                Each(line, "serial", _baud, "");
                return true;
            case "bcast":
                Each(line, "bcast", _port, "");
                return true;
            case "udp":
                Each(line, "bcast", _port, "[[bcast]]");
                return true;
            case "mcast" or "mcast6":
                Multicast(line);
                return true;
            case "ucast" or "ucast6":
                Unicast(line);
                return true;
            default:
                return false;
        }
    }

    private void Port(SourceLine line)
    {
        if (!TryNumber(line.Words[1], 1, 65_535, out int port))
        {
            account.Refused(line, "not a port; expected a number from 1 to 65535");
            return;
        }

        bool late = settings.Media.Any(m => m.Kind is "bcast" or "ucast" && m.Number != port);
        Took(line, late ? "only for the media below it, as in heartbeat: those above keep port " + Text(_port) : "");
        _port = port;
    }

    private void Baud(SourceLine line)
    {
        if (!TryNumber(line.Words[1], 50, 4_000_000, out int baud))
        {
            account.Refused(line, "not a speed; expected such as 19200");
            return;
        }

        bool late = settings.Media.Any(m => m.Kind == "serial" && m.Number != baud);
        Took(line, late ? "only for the serial lines below it, as in heartbeat: those above keep " + Text(_baud) + " baud" : "");
        _baud = baud;
    }

    private void Each(SourceLine line, string kind, int number, string note)
    {
        foreach (string word in line.Words.Skip(1))
        {
            settings.Media.Add(new HaMedium(line, kind, word, "", number, 0));
        }

        Took(line, note);
    }

    /// <summary>interface group port ttl loop</summary>
    private void Multicast(SourceLine line)
    {
        int ttl = 1;
        int loop = 0;
        if (line.Words.Count is < 4 or > 6 || AddressText.Parse(line.Words[2]) is not { } group || !AddressText.IsMulticast(group)
            || !TryNumber(line.Words[3], 1, 65_535, out int port)
            || (line.Words.Count > 4 && !TryNumber(line.Words[4], 0, 255, out ttl))
            || (line.Words.Count > 5 && !TryNumber(line.Words[5], 0, 1, out loop)))
        {
            account.Refused(line, "expected interface, group, port, ttl and loop, such as mcast eth0 239.192.0.94 694 1 0");
            return;
        }

        string note = loop == 1 ? "without loop: a node needs no frames of its own" : "";
        note = ttl == 0 ? "ttl 1: with 0 no frame would leave this machine" : note;
        settings.Media.Add(new HaMedium(line, "mcast", line.Words[1], line.Words[2], port, Math.Max(1, ttl)));
        Took(line, note);
    }

    /// <summary>The account of these lines is given when it is known whose the addresses are.</summary>
    private void Unicast(SourceLine line)
    {
        string address = line.Words.Count == 3 ? line.Words[2].Split('%')[0] : "";
        if (AddressText.Parse(address) is not { } parsed || !AddressText.IsHost(parsed))
        {
            account.Refused(line, "expected interface and address, such as ucast eth1 10.0.1.2; a host name must be written as its address");
            return;
        }

        settings.Media.Add(new HaMedium(line, "ucast", line.Words[1], parsed.ToString(), _port, 0));
    }

    private void Ping(SourceLine line, string name)
    {
        bool group = name == "ping_group";
        List<string> addresses = [];
        foreach (string word in line.Words.Skip(group ? 2 : 1))
        {
            if (AddressText.Parse(word) is not { } address || !AddressText.IsHost(address) || AddressText.IsLinkLocalV6(address))
            {
                account.Refused(line, "\"" + Shown.Word(word) + "\" is not the address of one machine; write its address instead of a name");
                return;
            }

            addresses.Add(address.ToString());
        }

        if (addresses.Count == 0)
        {
            account.Refused(line, "a group without addresses; expected ping_group, a name and addresses");
            return;
        }

        foreach (string address in group ? [] : addresses)
        {
            settings.Ping.Add(new HaPing(line, null, [address]));
        }

        string named = group ? Names.Sanitise(line.Words[1]) : "";
        if (group)
        {
            settings.Ping.Add(new HaPing(line, named, addresses));
        }

        Took(line, group && named != line.Words[1] ? "as \"" + named + "\"" : "");
    }

    private void Stonith(SourceLine line, string name)
    {
        int type = name == "stonith" ? 1 : 2;
        if (line.Words.Count < type + 2)
        {
            account.Block(line, "expected " + (type == 1 ? "stonith type file" : "stonith_host node type parameters"));
            return;
        }

        string from = type == 1 ? "*" : line.Words[1].ToLowerInvariant();
        string values = string.Join(' ', line.Words.Skip(type + 1));

        // What stands behind the type may be a password.
        SourceLine shown = line with { Text = string.Join(' ', line.Words.Take(type + 1)) + " ..." };
        settings.Stonith.Add(new HaStonith(shown, from, line.Words[type], values));
    }

    private static bool TryNumber(string word, int min, int max, out int number)
        => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
