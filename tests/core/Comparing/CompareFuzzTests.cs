using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Hbd.Core.Auth;
using Hbd.Core.Comparing;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Comparing;

/// <summary>
/// Goal: the frames are those of doc/wire.md; nothing that arrives throws or is believed without a key. Method: vectors computed by a program that shares nothing
/// with hbd, random bytes, damaged frames, and nonsense under a MAC that is made to fit.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class CompareFuzzTests : IDisposable
{
    private readonly Keyring _keyring = new(1, [new(1, "the first shared secret"u8.ToArray())]);
    private readonly CompareCodec _srv1 = new("web", "srv1", "srv2");
    private readonly CompareCodec _srv2 = new("web", "srv2", "srv1");
    private readonly CompareFrame _frame = new();
    private readonly byte[] _buffer = new byte[Limits.FrameBytes + 64];

    private static readonly List<ComparedItem> s_items =
    [
        new ComparedItem(0, "deadtime", "deadtime", "2s"u8.ToArray()),
        new ComparedItem(3, "web", "web", "srv1"u8.ToArray()),
    ];

    public void Dispose() => _keyring.Dispose();

    [Fact]
    public void The_document_s_frames_are_written()
    {
        string question = Convert.ToHexStringLower(Question());
        string answer = Convert.ToHexStringLower(Answer());
        string page = string.Concat(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "wire.md")).Where(c => !char.IsWhiteSpace(c)));
        Assert.Contains(question, page, StringComparison.Ordinal);
        Assert.Contains(answer, page, StringComparison.Ordinal);
        Assert.Equal(FrameVerdict.Accepted, _srv1.Read(Answer(), _keyring, _frame));
        Assert.Equal((2, 0, 0x55667788u, 1_700_000_000_250_000_000), (_frame.Total, _frame.First, _frame.Digest, _frame.WallNs));
        Assert.Equal(["deadtime", "web"], _frame.Entries.Select(e => e.Name));
    }

    [Fact]
    public void Whose_frame_it_is_is_judged_before_its_mac()
    {
        byte[] question = Question();
        Assert.Equal(FrameVerdict.OwnFrame, _srv1.Read(question, _keyring, _frame));
        Assert.Equal(FrameVerdict.WrongCluster, new CompareCodec("db", "srv2", "srv1").Read(question, _keyring, _frame));
        Assert.Equal(FrameVerdict.UnknownSender, new CompareCodec("web", "srv2", "srv3").Read(question, _keyring, _frame));
        question[20] ^= 1;
        Assert.Equal(FrameVerdict.BadMac, _srv2.Read(question, _keyring, _frame));
        question[24] = 9;
        Assert.Equal(FrameVerdict.UnknownKey, _srv2.Read(question, _keyring, _frame));
    }

    [Fact]
    public void Random_and_damaged_bytes_are_refused()
    {
        Random random = new(1);
        byte[] good = Answer();
        for (int i = 0; i < Fuzz.Rounds(100_000); i++)
        {
            int length = random.Next(random.Next(4) == 0 ? _buffer.Length : 120);
            random.NextBytes(_buffer.AsSpan(0, length));
            if (random.Next(2) == 0)
            {
                length = Math.Max(0, good.Length - random.Next(3));
                good.CopyTo(_buffer, 0);
                _buffer[random.Next(length)] ^= (byte)(1 << random.Next(8));
            }

            Assert.NotEqual(FrameVerdict.Accepted, _srv1.Read(_buffer.AsSpan(0, length), _keyring, _frame));
        }
    }

    /// <summary>Behind a good MAC anything may stand. It is read or refused, and what was read keeps its bounds.</summary>
    [Fact]
    public void Authentic_nonsense_is_read_or_refused_and_the_comparison_lives()
    {
        Random random = new(2);
        int read = 0;
        for (int i = 0; i < Fuzz.Rounds(100_000); i++)
        {
            byte[] good = random.Next(2) == 0 ? Answer() : Question();
            good.CopyTo(_buffer, 0);
            int body = random.Next(3) == 0 ? good.Length - WireFormat.HeaderBytes - WireFormat.MacBytes : random.Next(80);
            for (int n = random.Next(6); n > 0; n--)
            {
                _buffer[WireFormat.HeaderBytes + random.Next(80)] = (byte)random.Next(256);
            }

            _buffer[3] = (byte)random.Next(1, 3);
            (_buffer[26], _buffer[27]) = (0, (byte)body);
            int length = _keyring.Sign(_buffer, WireFormat.HeaderBytes + body);
            if (_srv1.Read(With(_buffer.AsSpan(0, length), "srv2"), _keyring, _frame) != FrameVerdict.Accepted)
            {
                continue;
            }

            read++;
            Assert.InRange(_frame.Entries.Count, 0, CompareFrame.EntriesMax);
            Assert.All(_frame.Entries, e => Assert.InRange(e.Name.Length, 0, ComparedEntry.NameBytesMax));
            Comparer comparer = new(_frame.Generation, 1);
            Instant now = new(123_456_789);
            comparer.Begin(s_items, clockOnly: false, now);
            Assert.True(comparer.TryAsk(now, Duration.FromMilliseconds(5)));
            _frame.Sequence = (ulong)now.Nanoseconds;
            comparer.Answered(_frame, now, 0, _keyring);
            Assert.InRange(comparer.Seen, 0, ushort.MaxValue);
            _ = _srv1.WriteAnswer(_frame, s_items, 1, 0, _buffer.AsSpan(0, 75), _keyring);
        }

        Assert.True(read > 100, "some of it was read: " + read);
    }

    private byte[] Question()
    {
        int length = _srv1.WriteQuestion(1_700_000_000, 123_456_789, 0, _buffer, _keyring);
        return _buffer[..length];
    }

    private byte[] Answer()
    {
        CompareFrame question = new() { Generation = 1_700_000_000, Sequence = 123_456_789 };
        int length = _srv2.WriteAnswer(question, s_items, 0x55667788, 1_700_000_000_250_000_000, _buffer.AsSpan(0, Limits.FrameBytes), _keyring);
        return _buffer[..length];
    }

    /// <summary>The same with another sender, signed anew.</summary>
    private byte[] With(ReadOnlySpan<byte> frame, string sender)
    {
        byte[] copy = new byte[frame.Length];
        frame.CopyTo(copy);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(8), WireId.Of(sender));
        _ = _keyring.Sign(copy, copy.Length - WireFormat.MacBytes);
        return copy;
    }
}
