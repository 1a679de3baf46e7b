using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Hbd.Sys;

/// <summary>An address and port as the kernel takes them: sockaddr_in or sockaddr_in6 in a value.</summary>
public readonly struct UdpEndpoint
{
    private readonly Storage _storage;

    /// <param name="scope">Interface index for link-local IPv6 addresses that carry none; 0: none.</param>
    public unsafe UdpEndpoint(IPAddress address, int port, int scope)
    {
        ArgumentNullException.ThrowIfNull(address);
        IsV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        Storage storage = default;
        Span<byte> bytes = storage;
        if (IsV6)
        {
            Libc.sockaddr_in6 v6 = default;
            v6.sin6_family = Libc.AF_INET6;
            v6.sin6_port = BigEndian(port);
            _ = address.TryWriteBytes(new Span<byte>(v6.sin6_addr, 16), out _);

            // A scope on a global address would be refused by bind(2); on a link-local one it is needed (ipv6(7)).
            bool needsScope = address.IsIPv6LinkLocal || IsLinkLocalMulticast(v6.sin6_addr);
            v6.sin6_scope_id = !needsScope ? 0 : address.ScopeId != 0 ? (uint)address.ScopeId : (uint)scope;
            new ReadOnlySpan<byte>(&v6, sizeof(Libc.sockaddr_in6)).CopyTo(bytes);
            Length = (uint)sizeof(Libc.sockaddr_in6);
        }
        else
        {
            Libc.sockaddr_in v4 = default;
            v4.sin_family = Libc.AF_INET;
            v4.sin_port = BigEndian(port);
            _ = address.TryWriteBytes(new Span<byte>(&v4.sin_addr, 4), out _);
            new ReadOnlySpan<byte>(&v4, sizeof(Libc.sockaddr_in)).CopyTo(bytes);
            Length = (uint)sizeof(Libc.sockaddr_in);
        }

        _storage = storage;
    }

    public bool IsV6 { get; }

    internal uint Length { get; }

    internal void CopyTo(Span<byte> target) => ((ReadOnlySpan<byte>)_storage)[..(int)Length].CopyTo(target);

    private static ushort BigEndian(int port) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)port) : (ushort)port;

    /// <summary>ff01:: (interface) and ff02:: (link) need an interface too.</summary>
    private static unsafe bool IsLinkLocalMulticast(byte* address) =>
        address[0] == 0xFF && (address[1] & 0x0F) is 1 or 2;

    [InlineArray(28)]
    private struct Storage
    {
        private byte _first;
    }
}
