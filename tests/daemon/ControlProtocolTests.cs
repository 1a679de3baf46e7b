using System;
using System.Globalization;
using Hbd.Daemon.Control;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>Requests and answers as bytes.</summary>
public sealed class ControlProtocolTests
{
    [Fact]
    public void Every_command_survives_the_way_there()
    {
        foreach (ControlCommand command in Enum.GetValues<ControlCommand>())
        {
            string selector = ControlProtocol.TakesSelector(command) ? "web" : "";
            byte[] line = ControlProtocol.WriteRequest(command, selector);
            Assert.Null(ControlProtocol.Read(line.AsSpan(0, line.Length - 1), out ControlCommand read, out string readSelector));
            Assert.Equal(command, read);
            Assert.Equal(selector, readSelector);
        }
    }

    [Fact]
    public void A_status_survives_the_way_back()
    {
        StatusDocument status = Sample.Status();
        byte[] line = ControlProtocol.WriteStatus(status);
        (StatusDocument? read, ControlReply? reply) = ControlProtocol.ReadAnswer(line.AsSpan(0, line.Length - 1));
        Assert.Null(reply);
        Assert.Equal(line, ControlProtocol.WriteStatus(read!));
    }

    [Fact]
    public void Replies_are_told_from_statuses()
    {
        (StatusDocument? status, ControlReply? reply) = ControlProtocol.ReadAnswer(ControlProtocol.WriteDenied("no").AsSpan()[..^1]);
        Assert.Null(status);
        Assert.True(reply!.Denied);
        Assert.Equal((null, null), ControlProtocol.ReadAnswer("{\"ok\":maybe}"u8));
    }

    /// <summary>Any bytes either are a request or get a reason; nothing is thrown.</summary>
    [Fact]
    [Trait("Category", "Fuzz")]
    public void Any_bytes_are_read_or_refused()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("HBD_FUZZ_ROUNDS") ?? "20000", CultureInfo.InvariantCulture);
        Random random = new(1);
        byte[] seed = ControlProtocol.WriteRequest(ControlCommand.Standby, "10.0.0.100/24");
        for (int i = 0; i < rounds; i++)
        {
            byte[] bytes = seed.AsSpan(0, random.Next(seed.Length)).ToArray();
            for (int flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            string? wrong = ControlProtocol.Read(bytes, out ControlCommand command, out string selector);
            Assert.True(wrong is not null || Enum.IsDefined(command));
            Assert.NotNull(selector);
        }
    }
}
