using System;
using System.Net;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>Goal: the socket is what its description says. Method: ask the kernel for each option.</summary>
public sealed unsafe class UdpSocketTests
{
    [Theory]
    [InlineData("127.0.0.1", Libc.IPPROTO_IP, Libc.IP_TOS)]
    [InlineData("::1", Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS)]
    public void Is_marked_as_network_control_and_never_blocks_nor_shares_its_port(string address, int level, int tos)
    {
        using UdpSocket socket = Open(address);
        Assert.Equal(0xC0, Option(socket, level, tos));
        Assert.Equal(6, Option(socket, Libc.SOL_SOCKET, Libc.SO_PRIORITY));
        Assert.Equal(0, Option(socket, Libc.SOL_SOCKET, Libc.SO_REUSEADDR));
        Assert.Equal(0, Option(socket, Libc.SOL_SOCKET, Libc.SO_REUSEPORT));
        Assert.NotEqual(0, Libc.fcntl(socket.Descriptor, Libc.F_GETFL, 0) & Libc.O_NONBLOCK);
        Assert.Equal(-1, socket.Receive(new byte[1], out Errno error));
        Assert.Equal(Errno.EAGAIN, error.Value);
    }

    [Fact]
    public void A_datagram_that_was_cut_shows_its_full_length()
    {
        using UdpSocket socket = Open("127.0.0.1");
        Assert.False(socket.Send(new byte[100]).IsError);
        Assert.Equal(100, socket.Receive(new byte[10], out _));
    }

    [Fact]
    public void The_failed_call_is_named()
    {
        UdpEndpoint endpoint = new(IPAddress.Parse("192.0.2.1"), 20_000, 0);
        UdpOptions options = new() { Local = endpoint, Target = endpoint, Interface = null };
        Assert.Null(UdpSocket.Open(options, out Errno error, out string call));
        Assert.Equal(("bind", Errno.EADDRNOTAVAIL), (call, error.Value));
        Assert.Null(UdpSocket.Open(options with { Interface = "hbd-none0" }, out error, out call));
        Assert.Equal(("SO_BINDTODEVICE", Errno.ENODEV), (call, error.Value));
    }

    [Fact]
    public void Local_addresses_are_known()
    {
        Assert.False(UdpSocket.AskLocal(new UdpEndpoint(IPAddress.Loopback, 0, 0)).IsError);
        UdpEndpoint foreign = new(IPAddress.Parse("192.0.2.1"), 0, 0);
        Assert.Equal(Errno.EADDRNOTAVAIL, UdpSocket.AskLocal(foreign).Value);
    }

    [Fact]
    public void Interfaces_are_known_by_name()
    {
        NetworkInterface loopback = NetworkInterface.Query("lo");
        Assert.True(loopback.Exists);
        Assert.Equal(IPAddress.Loopback, new IPAddress(loopback.Address));
        Assert.False(NetworkInterface.Query("hbd-none0").Exists);
        Assert.False(NetworkInterface.Query("a name longer than any").Exists);
        Assert.False(NetworkInterface.Query(string.Empty).Exists);
    }

    private static UdpSocket Open(string address)
    {
        UdpEndpoint endpoint = new(IPAddress.Parse(address), Random.Shared.Next(20_000, 30_000), 0);
        UdpOptions options = new() { Local = endpoint, Target = endpoint, Interface = null };
        UdpSocket? socket = UdpSocket.Open(options, out Errno error, out string call);
        Assert.True(socket is not null, call + ": " + error);
        return socket;
    }

    private static int Option(UdpSocket socket, int level, int name)
    {
        int value;
        uint length = sizeof(int);
        Assert.Equal(0, Libc.getsockopt(socket.Descriptor, level, name, &value, &length));
        return value;
    }
}
