using System;
using System.Collections.Generic;
using Hbd.Core.Auth;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Auth;

/// <summary>
/// Goal: the MAC is HMAC-SHA-256 cut to 16 bytes, and keys can be changed without a gap. Method: the vectors of RFC 4231, and two
/// keyrings as they stand on two nodes in the middle of a change.
/// </summary>
public sealed class KeyringTests
{
    /// <summary>RFC 4231, test cases 1 to 7 (case 5 is itself one of truncation to 16 bytes).</summary>
    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b")]
    [InlineData("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c7")]
    [InlineData("aa*20", "dd*50", "773ea91e36800e46854db8ebd09181a7")]
    [InlineData("0102030405060708090a0b0c0d0e0f10111213141516171819", "cd*50", "82558a389a443c0ea4cc819899f2083a")]
    [InlineData("0c*20", "546573742057697468205472756e636174696f6e", "a3b6167473100ee06e0c796c2955552b")]
    [InlineData("aa*131", "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
        "60e431591ee0b67f0d8a26aacbf5b77f")]
    [InlineData("aa*131", "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e6420"
        + "61206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f206265206861736865642062"
        + "65666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e", "9b09ffa71b942fcb27635fbcd5b0e944")]
    public void Signs_as_rfc_4231_says(string key, string data, string mac)
    {
        using Keyring keyring = new(7, [new(7, Bytes(key))]);
        byte[] text = Bytes(data);
        byte[] buffer = new byte[text.Length + WireFormat.MacBytes + 5];
        text.CopyTo(buffer, 0);
        int length = keyring.Sign(buffer, text.Length);
        Assert.Equal(text.Length + WireFormat.MacBytes, length);
        Assert.Equal(mac, Convert.ToHexString(buffer, text.Length, WireFormat.MacBytes), ignoreCase: true);
        Assert.Equal(FrameVerdict.Accepted, keyring.Verify(7, buffer.AsSpan(0, length)));
    }

    [Fact]
    public void One_key_signs_and_all_verify()
    {
        byte[] old = "the old secret"u8.ToArray();
        byte[] fresh = "the new secret"u8.ToArray();
        using Keyring before = new(1, [new(1, old)]);
        using Keyring between = new(1, [new(1, old), new(2, fresh)]);
        using Keyring turned = new(2, [new(1, old), new(2, fresh)]);
        using Keyring after = new(2, [new(2, fresh)]);
        Assert.Equal(1, between.SigningId);
        Assert.Equal(2, turned.SigningId);
        foreach ((Keyring signer, Keyring verifier, FrameVerdict verdict) in new[]
        {
            (before, between, FrameVerdict.Accepted), (between, before, FrameVerdict.Accepted),
            (between, turned, FrameVerdict.Accepted), (turned, between, FrameVerdict.Accepted),
            (turned, after, FrameVerdict.Accepted), (after, turned, FrameVerdict.Accepted),
            (before, after, FrameVerdict.UnknownKey), (after, before, FrameVerdict.UnknownKey),
        })
        {
            byte[] frame = new byte[48];
            int length = signer.Sign(frame, 32);
            Assert.Equal(verdict, verifier.Verify(signer.SigningId, frame.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_key_is_used_by_its_number_only()
    {
        byte[] secret = "one secret, two numbers"u8.ToArray();
        using Keyring keyring = new(1, [new(1, secret), new(2, "another"u8.ToArray())]);
        byte[] frame = new byte[48];
        int length = keyring.Sign(frame, 32);
        Assert.Equal(FrameVerdict.BadMac, keyring.Verify(2, frame.AsSpan(0, length)));
        Assert.True(keyring.Knows(2));
        Assert.False(keyring.Knows(0));
    }

    [Fact]
    public void Every_byte_of_frame_and_mac_counts()
    {
        using Keyring keyring = new(0, [new(0, "secret"u8.ToArray())]);
        byte[] frame = new byte[60];
        int length = keyring.Sign(frame, 44);
        for (int i = 0; i < length; i++)
        {
            frame[i] ^= 0x80;
            Assert.Equal(FrameVerdict.BadMac, keyring.Verify(0, frame.AsSpan(0, length)));
            frame[i] ^= 0x80;
        }

        Assert.Equal(FrameVerdict.Accepted, keyring.Verify(0, frame.AsSpan(0, length)));
    }

    [Fact]
    public void A_signing_key_that_is_not_listed_is_a_bug() =>
        Assert.Throws<CheckFailedException>(() => new Keyring(3, [new KeyValuePair<int, byte[]>(1, [1])]));

    [Fact]
    public void Signing_and_verifying_allocate_nothing()
    {
        using Keyring keyring = new(1, [new(1, "secret"u8.ToArray())]);
        byte[] frame = new byte[80];
        _ = keyring.Verify(1, frame.AsSpan(0, keyring.Sign(frame, 64)));
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                _ = keyring.Verify(1, frame.AsSpan(0, keyring.Sign(frame, 64)));
            }
        }));
    }

    /// <summary>Hex, or one byte and how often: aa*131.</summary>
    private static byte[] Bytes(string text)
    {
        string[] parts = text.Split('*');
        byte[] bytes = Convert.FromHexString(parts[0]);
        if (parts.Length == 2)
        {
            byte value = bytes[0];
            bytes = new byte[int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)];
            Array.Fill(bytes, value);
        }

        return bytes;
    }
}
