using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Security.Cryptography;
using Hbd.Core.Wire;

namespace Hbd.Core.Auth;

/// <summary>
/// The keys of one authkeys file, ready for use: one signs, all verify. HMAC-SHA-256 (RFC 2104) truncated to its first 16
/// bytes (RFC 2104 section 5 allows half). Swapped as a whole on reload. One thread; no allocation per frame.
/// </summary>
public sealed class Keyring : IDisposable
{
    private const int IdMax = 255;
    private readonly IncrementalHash?[] _macs = new IncrementalHash?[IdMax + 1];
    private readonly byte _signing;

    /// <param name="signing">Id of the key that signs; must be among <paramref name="keys"/>.</param>
    /// <param name="keys">Id and secret of each key.</param>
    public Keyring(int signing, IEnumerable<KeyValuePair<int, byte[]>> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (KeyValuePair<int, byte[]> key in keys)
        {
            Check.That(key.Key is >= 0 and <= IdMax, "key id fits a byte");
            _macs[key.Key] = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Value);
        }

        Check.That(_macs[signing] is not null, "the signing key is listed");
        _signing = (byte)signing;
    }

    public byte SigningId => _signing;

    public bool Knows(byte id) => _macs[id] is not null;

    /// <summary>Writes the MAC of the first <paramref name="length"/> bytes behind them; returns the frame's length.</summary>
    public int Sign(Span<byte> buffer, int length)
    {
        Check.That(buffer.Length >= length + WireFormat.MacBytes, "the MAC fits");
        Span<byte> full = stackalloc byte[32];
        Compute(_macs[_signing]!, buffer[..length], full);
        full[..WireFormat.MacBytes].CopyTo(buffer[length..]);
        return length + WireFormat.MacBytes;
    }

    /// <summary>Compares the frame's last 16 bytes with the MAC of what stands before, in constant time.</summary>
    public FrameVerdict Verify(byte keyId, ReadOnlySpan<byte> frame)
    {
        if (_macs[keyId] is not { } mac)
        {
            return FrameVerdict.UnknownKey;
        }

        Span<byte> full = stackalloc byte[32];
        Compute(mac, frame[..^WireFormat.MacBytes], full);
        bool equal = CryptographicOperations.FixedTimeEquals(full[..WireFormat.MacBytes], frame[^WireFormat.MacBytes..]);
        return equal ? FrameVerdict.Accepted : FrameVerdict.BadMac;
    }

    /// <summary>
    /// Four bytes that say whether two texts are the same, and nothing to who has no key: the MAC of a zero, which begins no frame, and the text.
    /// </summary>
    /// <param name="keyId">One that <see cref="Knows"/> knows.</param>
    public uint Tag(byte keyId, ReadOnlySpan<byte> text)
    {
        Check.That(_macs[keyId] is not null, "the key is listed");
        Span<byte> full = stackalloc byte[32];
        IncrementalHash mac = _macs[keyId]!;
        mac.AppendData([0]);
        Compute(mac, text, full);
        return BinaryPrimitives.ReadUInt32BigEndian(full);
    }

    public void Dispose()
    {
        foreach (IncrementalHash? mac in _macs)
        {
            mac?.Dispose();
        }
    }

    private static void Compute(IncrementalHash mac, ReadOnlySpan<byte> data, Span<byte> full)
    {
        mac.AppendData(data);
        int written = mac.GetHashAndReset(full);
        Check.That(written == full.Length, "HMAC-SHA-256 has 32 bytes");
    }
}
