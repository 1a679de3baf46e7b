using System;
using System.Text;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Wire;

/// <summary>
/// Goal: a frame comes through a line unchanged or not at all, and noise costs at most the frame it touches.
/// Method: published vectors, round trips of every length, and seeded random damage.
/// </summary>
public sealed class SerialFramingTests
{
    [Fact]
    public void Crc_matches_the_check_value_of_its_definition()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0u, Crc32.Of([]));
    }

    [Theory]
    [InlineData("", "01")]
    [InlineData("00", "0101")]
    [InlineData("0000", "010101")]
    [InlineData("001100", "01021101")]
    [InlineData("11220033", "0311220233")]
    [InlineData("11223344", "0511223344")]
    [InlineData("11000000", "0211010101")]
    public void Cobs_matches_known_vectors(string plain, string stuffed)
    {
        byte[] target = new byte[16];
        int length = Cobs.Encode(Convert.FromHexString(plain), target);
        Assert.Equal(stuffed, Convert.ToHexString(target, 0, length));
        length = Cobs.Decode(Convert.FromHexString(stuffed), target);
        Assert.Equal(plain, Convert.ToHexString(target, 0, length));
    }

    [Theory]
    [InlineData(253, 254)]
    [InlineData(254, 255)]
    [InlineData(255, 257)]
    [InlineData(508, 510)]
    public void Cobs_adds_one_byte_in_254(int plain, int stuffed)
    {
        byte[] source = new byte[plain];
        Array.Fill(source, (byte)7);
        byte[] target = new byte[Cobs.EncodedBytesMax(plain)];
        Assert.Equal(stuffed, Cobs.Encode(source, target));
        Assert.Equal(plain, Cobs.Decode(target.AsSpan(0, stuffed), target));
        Assert.Equal(source, target[..plain]);
    }

    [Fact]
    public void Every_length_survives_the_line_and_holds_no_delimiter_inside()
    {
        Random random = new(1);
        SerialDecoder decoder = new();
        byte[] line = new byte[SerialFraming.LineBytesMax];
        byte[] got = new byte[Limits.FrameBytes];
        for (int length = 1; length <= Limits.FrameBytes; length++)
        {
            byte[] frame = RandomFrame(random, length);
            int n = SerialFraming.Encode(frame, line);
            Assert.True(n <= SerialFraming.LineBytes(length));
            Assert.Equal(-1, line.AsSpan(1, n - 2).IndexOf(SerialFraming.Delimiter));
            Assert.Equal(length, decoder.Take(line.AsSpan(0, n), got, out int used));
            Assert.Equal(n, used);
            Assert.Equal(frame, got[..length]);
        }

        Assert.Equal(0, decoder.Refused);
    }

    [Fact]
    public void A_frame_cut_into_single_bytes_is_found_at_its_last()
    {
        byte[] line = new byte[SerialFraming.LineBytesMax];
        byte[] got = new byte[Limits.FrameBytes];
        byte[] frame = RandomFrame(new Random(2), 300);
        int n = SerialFraming.Encode(frame, line);
        SerialDecoder decoder = new();
        for (int i = 0; i < n - 1; i++)
        {
            Assert.Equal(-1, decoder.Take(line.AsSpan(i, 1), got, out _));
        }

        Assert.Equal(300, decoder.Take(line.AsSpan(n - 1, 1), got, out _));
        Assert.Equal(frame, got[..300]);
    }

    [Fact]
    public void Noise_before_a_frame_costs_only_itself()
    {
        byte[] line = new byte[SerialFraming.LineBytesMax];
        byte[] got = new byte[Limits.FrameBytes];
        int n = SerialFraming.Encode([1, 2, 3], line);
        SerialDecoder decoder = new();
        byte[] noisy = [0x55, 0xAA, 0xFF, .. line[..n]];
        Assert.Equal(3, decoder.Take(noisy, got, out _));
        Assert.Equal(1, decoder.Refused);
    }

    [Fact]
    public void A_lost_delimiter_costs_nothing_because_the_next_frame_brings_its_own()
    {
        byte[] line = new byte[SerialFraming.LineBytesMax];
        byte[] got = new byte[Limits.FrameBytes];
        int n = SerialFraming.Encode([1, 2, 3], line);
        SerialDecoder decoder = new();
        byte[] two = [.. line[..(n - 1)], .. line[..n]];
        Assert.Equal(3, decoder.Take(two, got, out int used));
        Assert.Equal(3, decoder.Take(two.AsSpan(used), got, out _));

        byte[] glued = [.. line[..(n - 1)], .. line[1..n], .. line[..n]];
        Assert.Equal(3, decoder.Take(glued, got, out used));
        Assert.Equal(-1, decoder.Take(glued.AsSpan(used), got, out _));
        Assert.Equal(1, decoder.Refused);
    }

    [Fact]
    public void An_endless_run_without_delimiter_is_bounded_and_ends_at_the_next()
    {
        byte[] line = new byte[SerialFraming.LineBytesMax];
        byte[] got = new byte[Limits.FrameBytes];
        SerialDecoder decoder = new();
        byte[] run = new byte[100_000];
        Array.Fill(run, (byte)0xFF);
        Assert.Equal(-1, decoder.Take(run, got, out _));
        int n = SerialFraming.Encode([9], line);
        Assert.Equal(1, decoder.Take(line.AsSpan(0, n), got, out _));
        Assert.Equal(1, decoder.Refused);
    }

    [Fact]
    public void A_frame_for_a_short_buffer_is_counted_apart_from_noise()
    {
        byte[] line = new byte[SerialFraming.LineBytesMax];
        SerialDecoder decoder = new();
        int n = SerialFraming.Encode(new byte[100], line);
        Assert.Equal(-1, decoder.Take(line.AsSpan(0, n), new byte[99], out _));
        Assert.Equal(1, decoder.TooLong);
        Assert.Equal(0, decoder.Refused);
    }

    [Fact]
    public void One_damaged_byte_never_yields_a_frame_that_was_not_sent()
    {
        Random random = new(3);
        byte[] line = new byte[SerialFraming.LineBytesMax];
        byte[] got = new byte[Limits.FrameBytes];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] frame = RandomFrame(random, random.Next(1, 80));
            int n = SerialFraming.Encode(frame, line);
            line[random.Next(1, n - 1)] ^= (byte)random.Next(1, 256);
            SerialDecoder decoder = new();
            ReadOnlySpan<byte> rest = line.AsSpan(0, n);
            while (rest.Length > 0)
            {
                Assert.Equal(-1, decoder.Take(rest, got, out int used));
                rest = rest[used..];
            }
        }
    }

    [Fact]
    public void Random_input_never_throws_and_a_frame_behind_it_is_found()
    {
        Random random = new(4);
        byte[] line = new byte[SerialFraming.LineBytesMax];
        byte[] got = new byte[Limits.FrameBytes];
        byte[] noise = new byte[256];
        SerialDecoder decoder = new();
        int n = SerialFraming.Encode([1, 2, 3, 4], line);
        for (int round = 0; round < 100_000; round++)
        {
            int length = random.Next(noise.Length);
            random.NextBytes(noise.AsSpan(0, length));
            if ((round & 1) == 0)
            {
                // Plain noise hardly ever has a valid stuffing: small codes reach the paths behind it.
                for (int i = 0; i < length; i++)
                {
                    noise[i] &= 3;
                }
            }

            ReadOnlySpan<byte> rest = noise.AsSpan(0, length);
            while (rest.Length > 0)
            {
                _ = decoder.Take(rest, got, out int used);
                Assert.True(used > 0);
                rest = rest[used..];
            }

            Assert.Equal(4, decoder.Take(line.AsSpan(0, n), got, out _));
        }
    }

    [Fact]
    public void The_steady_path_allocates_nothing()
    {
        byte[] line = new byte[SerialFraming.LineBytesMax];
        byte[] got = new byte[Limits.FrameBytes];
        byte[] frame = RandomFrame(new Random(5), 200);
        SerialDecoder decoder = new();
        _ = decoder.Take(line.AsSpan(0, SerialFraming.Encode(frame, line)), got, out _);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                int n = SerialFraming.Encode(frame, line);
                _ = decoder.Take(line.AsSpan(0, n), got, out _);
            }
        }));
    }

    [Theory]
    [InlineData(19_200, 100, 108)]
    [InlineData(9_600, 200, 108)]
    [InlineData(9_600, 50, 75)]
    [InlineData(115_200, 1_000, 1_400)]
    [InlineData(4_000_000, 60_000, 1_400)]
    [InlineData(50, 1, 75)]
    public void A_slow_line_carries_shorter_frames(int baud, int keepaliveMs, int frameBytes)
    {
        Duration keepalive = Duration.FromMilliseconds(keepaliveMs);
        Assert.Equal(frameBytes, SerialFraming.FrameBytesMax(baud, keepalive));
    }

    private static byte[] RandomFrame(Random random, int length)
    {
        byte[] frame = new byte[length];
        random.NextBytes(frame);
        for (int i = 0; i < length; i++)
        {
            // Many zeros and long runs without one: both sides of the stuffing.
            if (random.Next(4) == 0)
            {
                frame[i] = (byte)(length % 3 == 0 ? 0 : 1);
            }
        }

        return frame;
    }
}
