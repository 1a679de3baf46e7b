using System;
using System.Buffers.Binary;

namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>The six bytes of a hardware address out of the upper part of a word.</summary>
internal static class MacBytes
{
    public static void Write(Span<byte> target, ulong mac)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)(mac >> 32));
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], (ushort)(mac >> 16));
    }
}
