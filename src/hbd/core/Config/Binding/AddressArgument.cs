using System.Globalization;
using System.Net;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// Checks the argument of an address agent: <c>address[/bits[/interface[:label]][/broadcast]]</c>,
/// the broadcast address for IPv4 only.
/// </summary>
internal static class AddressArgument
{
    public const string Expected = "address/bits/interface such as 10.0.0.100/24/eth0";

    /// <summary>Null: <paramref name="problem"/> says why.</summary>
    public static IPAddress? Parse(string argument, bool v6Only, out string problem)
    {
        string[] parts = argument.Split('/');
        IPAddress? address = ParseAddress(parts[0], v6Only, out problem);
        if (address is null)
        {
            return null;
        }

        bool v6 = AddressText.IsV6(address);
        if (parts.Length > 1 && !IsPrefix(parts[1], v6 ? 128 : 32))
        {
            problem = $"\"/{Shown.Word(parts[1])}\" is not a prefix length; expected /1 to /" + (v6 ? "128" : "32");
            return null;
        }

        if (parts.Length > 2 && !IsRest(parts, v6))
        {
            problem = $"\"{Shown.Word(argument)}\" is not an address argument; expected "
                + (v6 ? "address/bits/interface" : "address/bits/interface/broadcast");
            return null;
        }

        return address;
    }

    /// <summary>The address alone, as in a parameter named ip.</summary>
    public static IPAddress? ParseAddress(string text, bool v6Only, out string problem)
    {
        problem = "";
        IPAddress? address = AddressText.Parse(text);
        if (address is null || !AddressText.IsHost(address))
        {
            problem = $"\"{Shown.Word(text)}\" is not the address of a service; expected {Expected}";
            return null;
        }

        if (v6Only && !AddressText.IsV6(address))
        {
            problem = $"IPv6addr cannot move the IPv4 address {address}; did you mean \"IPaddr\"?";
            return null;
        }

        return address;
    }

    private static bool IsPrefix(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && bits >= 1 && bits <= max;

    /// <summary>Interface, broadcast, or both in this order.</summary>
    private static bool IsRest(string[] parts, bool v6)
    {
        bool IsBroadcast(string text) => !v6 && AddressText.Parse(text) is { } address && !AddressText.IsV6(address);

        return parts.Length switch
        {
            3 => IsInterface(parts[2]) || IsBroadcast(parts[2]),
            4 => IsInterface(parts[2]) && IsBroadcast(parts[3]),
            _ => false,
        };
    }

    private static bool IsInterface(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length <= 2 && Names.IsInterface(parts[0]) && (parts.Length == 1 || Names.IsWord(parts[1]))
            && AddressText.Parse(text) is null;
    }
}
