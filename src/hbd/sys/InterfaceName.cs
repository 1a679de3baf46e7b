using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys;

/// <summary>The name of a network interface as a value: up to 15 bytes (IFNAMSIZ with its zero).</summary>
public readonly record struct InterfaceName
{
    private readonly ulong _first;
    private readonly ulong _second;

    private InterfaceName(ulong first, ulong second)
    {
        _first = first;
        _second = second;
    }

    public bool IsNone => _first == 0;

    /// <summary>From the bytes of an attribute, with or without the closing zero; too long is "none".</summary>
    public static InterfaceName From(ReadOnlySpan<byte> bytes)
    {
        int zero = bytes.IndexOf((byte)0);
        ReadOnlySpan<byte> text = zero < 0 ? bytes : bytes[..zero];
        if (text.Length >= Libc.IFNAMSIZ)
        {
            return default;
        }

        Span<byte> padded = stackalloc byte[Libc.IFNAMSIZ];
        padded.Clear();
        text.CopyTo(padded);
        return new InterfaceName(MemoryMarshal.Read<ulong>(padded), MemoryMarshal.Read<ulong>(padded[8..]));
    }

    /// <summary>Null when the kernel would not take the name: empty, too long, a slash or a blank in it.</summary>
    public static InterfaceName? Parse(string text)
    {
        if (text.Length is 0 or >= Libc.IFNAMSIZ || text is "." or "..")
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Libc.IFNAMSIZ];
        bytes.Clear();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is <= ' ' or '/' or ':' or > '~')
            {
                return null;
            }

            bytes[i] = (byte)text[i];
        }

        return From(bytes);
    }

    /// <summary>Writes the name and its closing zero; returns the bytes written, zero included.</summary>
    public int CopyTo(Span<byte> target)
    {
        MemoryMarshal.Write(target, in _first);
        MemoryMarshal.Write(target[8..], in _second);
        return target[..Libc.IFNAMSIZ].IndexOf((byte)0) + 1;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Libc.IFNAMSIZ];
        int length = CopyTo(bytes);
        return Encoding.ASCII.GetString(bytes[..(length - 1)]);
    }
}
