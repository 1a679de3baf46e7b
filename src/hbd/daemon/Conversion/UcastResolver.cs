using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace Hbd.Daemon.Conversion;

/// <summary>One ucast medium: the address of each node by its number.</summary>
internal sealed record UcastPair(string Interface, IReadOnlyList<string> Addresses, int Port);

/// <summary>
/// Whose address is it? ha.cf names the peer's in one line, or both in two, so that the files can be identical. hbd wants both with their
/// owners. Asked in this order: the command line, this machine's interfaces, /etc/hosts. Never guessed.
/// </summary>
internal sealed class UcastResolver(Account account, IReadOnlyList<string> nodes, ConvertEnvironment environment)
{
    private static readonly char[] s_blanks = [' ', '\t', '\r'];

    /// <summary>Null after a refusal. All lines are those of one interface.</summary>
    public UcastPair? Resolve(IReadOnlyList<HaMedium> lines)
    {
        string[] addresses = [.. lines.Select(l => l.Address).Distinct()];
        if (addresses.Length > nodes.Count)
        {
            Refuse(lines, "more than two addresses on one interface; two nodes have one each");
            return null;
        }

        string?[] owned = [null, null];
        foreach (string address in addresses)
        {
            if (Owner(address, lines[0].Interface) is { } owner)
            {
                if (owned[owner] is not null)
                {
                    Refuse(lines, "both addresses seem to be those of " + nodes[owner] + "; say whose they are: " + Options(addresses));
                    return null;
                }

                owned[owner] = address;
            }
        }

        Complete(owned, addresses, lines[0].Interface);
        if (owned[0] is null || owned[1] is null)
        {
            Refuse(lines, Missing(owned, addresses));
            return null;
        }

        foreach (HaMedium line in lines)
        {
            account.Translated(line.Line, nodes[0] + " has " + owned[0] + ", " + nodes[1] + " has " + owned[1]);
        }

        return new UcastPair(lines[0].Interface, [owned[0]!, owned[1]!], lines[0].Number);
    }

    private void Refuse(IReadOnlyList<HaMedium> lines, string why)
    {
        foreach (HaMedium line in lines)
        {
            account.Refused(line.Line, why);
        }
    }

    private string Missing(string?[] owned, string[] addresses)
    {
        int known = owned[0] is not null ? 0 : 1;
        return owned[known] is not null
            ? "the address of " + nodes[1 - known] + " on this link is needed too; add --ucast " + nodes[1 - known] + "=ADDRESS"
            : "whose address is it? add " + Options(addresses);
    }

    private string Options(string[] addresses)
        => "--ucast " + nodes[0] + "=" + addresses[0] + " or --ucast " + nodes[1] + "=" + addresses[0]
            + (addresses.Length == 1 ? ", and the other node's with its ADDRESS" : "");

    /// <summary>With two addresses, what is left is the other node's. With one, the other node may be this machine.</summary>
    private void Complete(string?[] owned, string[] addresses, string link)
    {
        for (int node = 0; node < owned.Length; node++)
        {
            if (owned[node] is null && owned[1 - node] is { } other)
            {
                owned[node] = addresses.Length == 2 ? addresses[addresses[0] == other ? 1 : 0] : Own(node, link, other);
            }
        }
    }

    private string? Own(int node, string link, string other)
    {
        IPAddress peer = IPAddress.Parse(other);
        IPAddress? given = null;
        foreach ((string name, IPAddress address) in environment.Given)
        {
            bool fits = name == nodes[node] && address.AddressFamily == peer.AddressFamily;
            given = fits && (given is null || CommonBits(address, peer) > CommonBits(given, peer)) ? address : given;
        }

        if (given is not null)
        {
            return given.ToString();
        }

        if (environment.NodeName != nodes[node])
        {
            return null;
        }

        OwnAddress[] here = [.. environment.Addresses.Where(a => a.Interface == link && a.Address.AddressFamily == peer.AddressFamily
            && CommonBits(a.Address, peer) >= a.PrefixLength)];
        return here.Length == 1 ? here[0].Address.ToString() : null;
    }

    private int? Owner(string address, string link)
    {
        IPAddress parsed = IPAddress.Parse(address);
        foreach ((string node, IPAddress given) in environment.Given)
        {
            if (given.Equals(parsed) && Number(node) is { } number)
            {
                return number;
            }
        }

        if (environment.NodeName is { } name && Number(name) is { } self)
        {
            bool mine = environment.Addresses.Any(a => a.Address.Equals(parsed));
            bool neighbour = environment.Addresses.Any(a => a.Interface == link && CommonBits(a.Address, parsed) >= a.PrefixLength);
            if (mine || neighbour)
            {
                return mine ? self : 1 - self;
            }
        }

        return InHosts(parsed);
    }

    private int? InHosts(IPAddress address)
    {
        foreach (string line in environment.Hosts.Split('\n'))
        {
            string[] words = line.Split('#')[0].Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && IPAddress.TryParse(words[0], out IPAddress? listed) && listed.Equals(address))
            {
                foreach (string word in words.Skip(1))
                {
                    if ((Number(word.ToLowerInvariant()) ?? Number(word.ToLowerInvariant().Split('.')[0])) is { } number)
                    {
                        return number;
                    }
                }
            }
        }

        return null;
    }

    private int? Number(string node)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes[i] == node)
            {
                return i;
            }
        }

        return null;
    }

    private static int CommonBits(IPAddress a, IPAddress b)
    {
        byte[] left = a.GetAddressBytes();
        byte[] right = b.GetAddressBytes();
        int bits = 0;
        while (left.Length == right.Length && bits < left.Length * 8
            && ((left[bits / 8] ^ right[bits / 8]) & (0x80 >> (bits % 8))) == 0)
        {
            bits++;
        }

        return bits;
    }
}
