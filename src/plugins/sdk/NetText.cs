using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hbd.Sys;

namespace Hbd.Plugins.Sdk;

/// <summary>Addresses as agents are given them.</summary>
public static class NetText
{
    /// <summary><c>10.0.0.1</c>, <c>2001:db8::1</c> or <c>[2001:db8::1]</c>; "none" for anything else.</summary>
    public static NetAddress Address(string text)
    {
        string bare = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;

        // IPAddress.Parse also takes "10.1" and "0x0a000001": not what anybody means here.
        bool parsed = IPAddress.TryParse(bare, out IPAddress? address)
            && !bare.Contains('%', StringComparison.Ordinal)
            && (address.AddressFamily == AddressFamily.InterNetworkV6
                || string.Equals(address.ToString(), bare, StringComparison.Ordinal));
        return parsed ? NetAddress.From(address!) : default;
    }

    /// <summary><c>address[/bits]</c>, or <c>default</c> and <c>any</c>; false when it is neither.</summary>
    /// <param name="v6">What "default" means.</param>
    public static bool TryNetwork(string text, bool v6, out NetAddress network, out int prefix)
    {
        if (text is "default" or "any")
        {
            network = NetAddress.From(new byte[v6 ? 16 : 4]);
            prefix = 0;
            return true;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        network = Address(slash < 0 ? text : text[..slash]);
        prefix = network.Bits;
        return !network.IsNone
            && (slash < 0
                || (int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix)
                    && prefix <= network.Bits));
    }
}
