using System;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.IPaddr;
using Hbd.Plugins.Sdk;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>What leaves the machine, byte by byte.</summary>
public sealed class FrameTests
{
    private const ulong Mac = 0x0200_0000_0102_0000;

    [Fact]
    public void Arp_announcement_and_unasked_reply()
    {
        byte[] frame = new byte[42];
        GratuitousArp.WriteRequest(frame, Mac, NetAddress.From([10, 0, 0, 100]));
        Assert.Equal(
            "FFFFFFFFFFFF0200000001020806" + "00010800060400010200000001020A000064" + "0000000000000A000064",
            Convert.ToHexString(frame));
        GratuitousArp.WriteReply(frame, Mac, NetAddress.From([10, 0, 0, 100]));
        Assert.Equal(
            "FFFFFFFFFFFF0200000001020806" + "00010800060400020200000001020A000064" + "0200000001020A000064",
            Convert.ToHexString(frame));
    }

    [Theory]
    [InlineData(false, 0x20)]
    [InlineData(true, 0xA0)]
    public void Neighbour_advertisement(bool router, int flags)
    {
        byte[] frame = new byte[86];
        byte[] address = new byte[16];
        address[0] = 0x20;
        address[1] = 0x01;
        address[15] = 0x42;
        NeighbourAdvertisement.Write(frame, Mac, NetAddress.From(address), router);
        CheckAdvertisement(frame, Mac, address, flags);
    }

    [RootFact("ip")]
    public void Both_arp_forms_and_the_advertisement_are_on_the_wire_after_a_start() => Sandbox.Run(() =>
    {
        Sandbox.Must("ip link add eth0 address 02:00:00:00:01:02 type veth peer name peer0");
        Sandbox.Must("ip link set eth0 up && ip link set peer0 up");
        using Capture capture = Capture.Open("peer0");
        using PacketSocket? packets = PacketSocket.Open(out _);
        IPaddrAgent agent = new(packets);
        Start(agent, "10.0.0.100/24/eth0");
        Start(agent, "[2001:db8::42]/64/eth0");

        byte[] expected = new byte[42];
        GratuitousArp.WriteRequest(expected, Mac, NetAddress.From([10, 0, 0, 100]));
        Assert.Equal(expected, capture.Next(0x0806));
        GratuitousArp.WriteReply(expected, Mac, NetAddress.From([10, 0, 0, 100]));
        Assert.Equal(expected, capture.Next(0x0806));
        byte[] advertisement = capture.Next(0x86DD, frame => frame.Length > 54 && frame[54] == 136);
        byte[] address = System.Net.IPAddress.Parse("2001:db8::42").GetAddressBytes();
        CheckAdvertisement(advertisement, Mac, address, 0x20);
    });

    [Fact]
    public void Interfaces_without_neighbours_are_skipped()
    {
        HeldAddress held = new(
            new AddressEntry(1, NetAddress.From([10, 0, 0, 1]), 32), default, default,
            new LinkInfo(1, default, 772, 0x49, 0), false, default);
        AnnounceFrames frames = new();
        frames.Set(held);

        // Nothing is sent, so that not even a socket is needed.
        Assert.False(frames.Send(null!).IsError);
    }

    private static void Start(IPaddrAgent agent, string argument)
    {
        RecordingOutput output = new();
        AgentRequest request = new(AgentAction.Start, "ip", [argument], [], MonotonicClock.NowNs() + 5_000_000_000);
        Assert.Equal(AgentResult.Ok, agent.Run(request, output));
    }

    private static void CheckAdvertisement(byte[] frame, ulong mac, byte[] address, int flags)
    {
        Assert.Equal(86, frame.Length);
        Assert.Equal("333300000001", Convert.ToHexString(frame, 0, 6));
        Assert.Equal((mac >> 16).ToString("X12", null), Convert.ToHexString(frame, 6, 6));
        Assert.Equal("86DD" + "60000000" + "0020" + "3A" + "FF", Convert.ToHexString(frame, 12, 10));
        Assert.Equal(address, frame[22..38]);
        Assert.Equal("FF020000000000000000000000000001", Convert.ToHexString(frame, 38, 16));
        Assert.Equal(136, frame[54]);
        Assert.Equal(0, frame[55]);
        Assert.Equal(flags, frame[58]);
        Assert.Equal(address, frame[62..78]);
        Assert.Equal("0201", Convert.ToHexString(frame, 78, 2));
        Assert.Equal(frame[6..12], frame[80..86]);

        // With its own checksum in it, the sum over pseudo-header and message has all bits set (RFC 1071).
        uint sum = 32 + 58;
        for (int i = 22; i < 86; i += 2)
        {
            sum += (uint)((frame[i] << 8) | frame[i + 1]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        Assert.Equal(0xFFFFu, sum);
    }
}
