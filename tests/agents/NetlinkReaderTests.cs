using System;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Whatever bytes come, the readers stay inside them, end, and throw nothing.</summary>
public sealed class NetlinkReaderTests
{
    [Fact]
    public void A_written_message_is_read_back()
    {
        byte[] buffer = new byte[256];
        NetAddress address = NetAddress.From([10, 0, 0, 1]);
        NetlinkWriter writer = new(buffer, Libc.RTM_NEWADDR, 0);
        writer.Put(new Libc.ifaddrmsg { ifa_family = 2, ifa_prefixlen = 24, ifa_index = 7 });
        writer.Attribute(Libc.IFA_ADDRESS, address);
        writer.Attribute(Libc.IFA_LABEL, "eth0:1\0"u8);
        Span<byte> message = writer.Finish();

        NetlinkReader reader = new(message);
        Assert.True(reader.TryRead(out NetlinkMessage read));
        Assert.True(RtnetlinkParser.TryAddress(read, out AddressEntry entry));
        Assert.Equal(new AddressEntry(7, address, 24), entry);
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsBroken);
    }

    [Fact]
    public void A_message_that_does_not_fit_is_empty_and_not_half()
    {
        NetlinkWriter writer = new(new byte[20], Libc.RTM_NEWADDR, 0);
        writer.Put(new Libc.ifaddrmsg());
        Assert.Equal(0, writer.Finish().Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(uint.MaxValue)]
    public void A_length_beyond_the_datagram_or_below_the_header_ends_the_reading(uint length)
    {
        byte[] bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, length);
        NetlinkReader reader = new(bytes);
        Assert.False(reader.TryRead(out _));
        Assert.True(reader.IsBroken);
    }

    [Fact]
    public void Fuzz_random_and_mutated_datagrams()
    {
        Random random = new(20260101);
        byte[] valid = Valid();
        byte[] buffer = new byte[512];
        for (int i = 0; i < 300_000; i++)
        {
            int length;
            if (i % 3 == 0)
            {
                length = random.Next(buffer.Length);
                random.NextBytes(buffer.AsSpan(0, length));
                BitConverter.TryWriteBytes(buffer, (uint)random.Next(0, 64));
            }
            else
            {
                valid.CopyTo(buffer, 0);
                length = i % 3 == 1 ? valid.Length : random.Next(valid.Length);
                for (int k = random.Next(1, 6); k > 0; k--)
                {
                    buffer[random.Next(valid.Length)] = (byte)random.Next(256);
                }
            }

            ReadAll(buffer.AsSpan(0, length));
        }
    }

    private static void ReadAll(ReadOnlySpan<byte> datagram)
    {
        NetlinkReader reader = new(datagram);
        int messages = 0;
        while (reader.TryRead(out NetlinkMessage message))
        {
            Assert.True(++messages <= datagram.Length / 16);
            if (RtnetlinkParser.TryAddress(message, out AddressEntry entry))
            {
                Assert.InRange(entry.Prefix, 0, entry.Address.Bits);
                Assert.False(entry.Address.IsNone);
            }

            if (RtnetlinkParser.TryLink(message, out LinkInfo link))
            {
                Assert.True(link.Index > 0);
                Assert.True(link.Name.ToString().Length < 16);
            }

            _ = RtnetlinkParser.TryRoute(message, out _);
            _ = RtnetlinkParser.TryAcknowledgement(message, out _, out _);
        }
    }

    private static byte[] Valid()
    {
        byte[] buffer = new byte[400];
        int length = 0;
        NetlinkWriter address = new(buffer.AsSpan(length), Libc.RTM_NEWADDR, 0);
        address.Put(new Libc.ifaddrmsg { ifa_family = 10, ifa_prefixlen = 64, ifa_index = 3 });
        address.Attribute(Libc.IFA_ADDRESS, NetAddress.From(new byte[16]));
        length += address.Finish().Length;
        NetlinkWriter link = new(buffer.AsSpan(length), Libc.RTM_NEWLINK, 0);
        link.Put(new Libc.ifinfomsg { ifi_index = 3, ifi_type = 1, ifi_flags = 0x41 });
        link.Attribute(Libc.IFLA_IFNAME, "eth0\0"u8);
        link.Attribute(Libc.IFLA_ADDRESS, [2, 0, 0, 0, 0, 1]);
        length += link.Finish().Length;
        NetlinkWriter route = new(buffer.AsSpan(length), Libc.RTM_NEWROUTE, 0);
        route.Put(new Libc.rtmsg { rtm_family = 2, rtm_dst_len = 24, rtm_type = 1 });
        route.Attribute(Libc.RTA_OIF, 3);
        length += route.Finish().Length;
        NetlinkWriter error = new(buffer.AsSpan(length), Libc.NLMSG_ERROR, Libc.NLM_F_ACK_TLVS);
        error.Put(-22);
        error.Put(default(Libc.nlmsghdr));
        error.Attribute(Libc.NLMSGERR_ATTR_MSG, "no\0"u8);
        length += error.Finish().Length;
        return buffer[..length];
    }
}
