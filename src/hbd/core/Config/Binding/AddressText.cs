using System;
using System.Globalization;
using System.Net;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// Addresses, strictly: four decimal numbers, or IPv6 without a zone. The library would also read <c>10.1</c> and octal
/// numbers, and would ask the kernel about zones.
/// </summary>
internal static class AddressText
{
    public static IPAddress? Parse(string text) =>
        text.Contains(':', StringComparison.Ordinal) ? ParseV6(text) : ParseV4(text);

    public static bool IsV6(IPAddress address) => address.GetAddressBytes().Length == 16;

    public static bool IsMulticast(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 16 ? bytes[0] == 0xFF : bytes[0] is >= 224 and <= 239;
    }

    /// <summary>fe80::/10, which means something on one interface only.</summary>
    public static bool IsLinkLocalV6(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 16 && bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
    }

    /// <summary>Can be the address of one machine: not all zero, not multicast, not broadcast.</summary>
    public static bool IsHost(IPAddress address) => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        && !address.Equals(IPAddress.Broadcast) && !IsMulticast(address);

    private static IPAddress? ParseV4(string text)
    {
        byte[] bytes = new byte[4];
        int index = 0;
        foreach (Range range in text.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> part = text.AsSpan(range);
            bool digits = part.Length is >= 1 and <= 3 && (part[0] != '0' || part.Length == 1);
            if (index == 4 || !digits
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out bytes[index]))
            {
                return null;
            }

            index++;
        }

        return index == 4 ? new IPAddress(bytes) : null;
    }

    private static IPAddress? ParseV6(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
            {
                return null;
            }
        }

        return IPAddress.TryParse(text, out IPAddress? address) && IsV6(address) ? address : null;
    }
}
