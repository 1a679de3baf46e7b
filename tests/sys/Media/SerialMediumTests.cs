using System;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Wire;
using Hbd.Daemon.Media;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests.Media;

/// <summary>
/// Goal: frames come through a serial line whole or not at all, a broken line costs nothing but itself, and a stuck one
/// holds nobody up. Method: a pseudo-terminal is the line, the test is the cable and the noise on it.
/// </summary>
public sealed class SerialMediumTests : IDisposable
{
    private readonly Pty _line = new();
    private readonly byte[] _bytes = new byte[SerialFraming.LineBytesMax * 4];

    [Fact]
    public void Every_size_crosses_a_null_modem_cable()
    {
        using Pty far = new();
        using MediumNode a = new(null, 0, Config(_line, 115_200));
        using MediumNode b = new(null, 1, Config(far, 115_200));
        Random random = new(1);
        for (int length = 1; length <= Limits.FrameBytes; length++)
        {
            byte[] frame = new byte[length];
            random.NextBytes(frame);
            Assert.Equal(SendResult.Sent, a.Send(frame));
            Assert.True(b.Until(() =>
            {
                int count = _line.Read(_bytes);
                if (count > 0)
                {
                    far.Write(_bytes.AsSpan(0, count));
                }

                return b.Frames.Count == length;
            }));
            Assert.Equal(frame, b.Frames[^1]);
        }

        Assert.Equal(0, b.Medium.Counters.ReceivedNoise);
        Assert.Equal(Limits.FrameBytes, b.Medium.Counters.FramesReceived);
    }

    [Fact]
    public void Noise_between_frames_is_counted_and_costs_no_frame()
    {
        using MediumNode a = new(null, 0, Config(_line, 19_200));
        Random random = new(2);
        for (int round = 1; round <= 200; round++)
        {
            byte[] noise = new byte[random.Next(1, 300)];
            random.NextBytes(noise);
            _line.Write(noise);
            _line.Write(_bytes.AsSpan(0, SerialFraming.Encode([1, 2, (byte)round], _bytes)));
            Assert.True(a.Until(() => a.Frames.Count == round));
            Assert.Equal((byte)round, a.Frames[^1][2]);
        }

        Assert.True(a.Medium.Counters.ReceivedNoise >= 200);
    }

    [Fact]
    public void A_frame_may_come_byte_by_byte()
    {
        using MediumNode a = new(null, 0, Config(_line, 19_200));
        int length = SerialFraming.Encode(new byte[50], _bytes);
        for (int i = 0; i < length; i++)
        {
            Assert.Empty(a.Frames);
            _line.Write(_bytes.AsSpan(i, 1));
            _ = a.Turn(0);
        }

        Assert.True(a.Until(() => a.Frames.Count == 1));
    }

    [Fact]
    public void A_lost_delimiter_costs_at_most_the_frames_it_parted()
    {
        using MediumNode a = new(null, 0, Config(_line, 19_200));
        int length = SerialFraming.Encode([1, 2, 3], _bytes);
        _line.Write(_bytes.AsSpan(0, length - 1));
        _line.Write(_bytes.AsSpan(1, length - 1));
        _line.Write(_bytes.AsSpan(0, length));
        Assert.True(a.Until(() => a.Frames.Count == 1));
        Assert.Equal(1, a.Medium.Counters.ReceivedNoise);
    }

    [Fact]
    public void Frames_left_when_the_loop_stops_for_this_turn_come_in_the_next()
    {
        using MediumNode a = new(null, 0, Config(_line, 19_200));
        a.TakeMax = 3;
        int length = SerialFraming.Encode([1], _bytes);
        byte[] many = [.. Enumerable.Repeat(_bytes[..length], 20).SelectMany(static f => f)];
        _line.Write(many);
        Assert.True(a.Until(() => a.Frames.Count == 20));
        Assert.True(a.Wakeups >= 7);
        Assert.Equal(0, a.Turn(0));
    }

    [Fact]
    public void The_other_end_closed_and_opened_again()
    {
        using MediumNode a = new(null, 0, Config(_line, 19_200));
        _line.CloseMaster();
        Assert.True(a.Until(() => !a.Medium.IsOpen));
        Assert.Equal(0, a.Turn(0));
        Assert.Equal(SendResult.Down, a.Send([1]));
        a.Tick();
        a.Tick();
        Assert.False(a.Medium.IsOpen);
        Assert.InRange(a.Changes.Count(static c => !c.Open), 1, 2);

        _line.Open();
        a.Tick();
        Assert.True(a.Medium.IsOpen);
        Assert.Equal(1, a.Medium.Counters.Reopened);
        Assert.Equal(SendResult.Sent, a.Send([1]));
        Assert.True(_line.Read(_bytes) > 0);
    }

    [Fact]
    public void A_line_that_takes_nothing_drops_frames_and_the_begun_one_is_finished_later()
    {
        using MediumNode a = new(null, 0, Config(_line, 19_200));
        int sent = 0;
        while (a.Send(new byte[Limits.FrameBytes]) == SendResult.Sent)
        {
            sent++;
            Assert.True(sent < 1_000);
        }

        Assert.Equal(SendResult.Dropped, a.Send([1]));
        Assert.Equal(2, a.Medium.Counters.SendsDropped);
        Assert.Equal(0, a.Turn(0));

        SerialDecoder decoder = new();
        byte[] frame = new byte[Limits.FrameBytes];
        int received = 0;
        Assert.True(a.Until(() =>
        {
            int count = _line.Read(_bytes);
            ReadOnlySpan<byte> rest = _bytes.AsSpan(0, Math.Max(0, count));
            while (rest.Length > 0)
            {
                received += decoder.Take(rest, frame, out int used) > 0 ? 1 : 0;
                rest = rest[used..];
            }

            return received == sent;
        }));
        Assert.Equal(0, decoder.Refused);
        Assert.Equal(SendResult.Sent, a.Send([1]));
    }

    [Theory]
    [InlineData(12_345)]
    [InlineData(31_250)]
    [InlineData(4_000_000)]
    public void Speeds_of_no_table_are_accepted(int baud)
    {
        using MediumNode a = new(null, 0, Config(_line, baud));
        Assert.True(a.Medium.IsOpen, a.Medium.Problem);
    }

    [Theory]
    [InlineData("/dev/hbd-none", "there is no /dev/hbd-none")]
    [InlineData("/dev/null", "/dev/null is not a serial line")]
    public void A_wrong_device_is_named_once(string device, string problem)
    {
        SerialConfig config = new() { Name = "serial", Device = device, Baud = 9_600 };
        using MediumNode a = new(null, 0, config);
        a.Tick();
        (bool open, string reason) = Assert.Single(a.Changes);
        Assert.False(open);
        Assert.StartsWith(problem, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Steady_sending_and_receiving_allocates_nothing()
    {
        using MediumNode a = new(null, 0, Config(_line, 115_200));
        a.CountOnly = true;
        byte[] frame = new byte[200];
        int rounds = 0;
        Assert.Equal(0, Allocations.Of(() =>
        {
            Loop(a, frame, 500);
            rounds++;
        }));
        Assert.Equal(500 * rounds, a.Counted);
    }

    public void Dispose() => _line.Dispose();

    /// <summary>The line echoes: what goes out comes back.</summary>
    private void Loop(MediumNode a, byte[] frame, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            int counted = a.Counted;
            _ = a.Send(frame);
            while (a.Counted == counted)
            {
                int count = _line.Read(_bytes);
                if (count > 0)
                {
                    _line.Write(_bytes.AsSpan(0, count));
                }

                _ = a.Turn(1);
            }
        }
    }

    private static SerialConfig Config(Pty line, int baud) =>
        new() { Name = "serial", Device = line.Device, Baud = baud };
}
