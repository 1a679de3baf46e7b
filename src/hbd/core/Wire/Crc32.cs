using System;

namespace Hbd.Core.Wire;

/// <summary>
/// CRC-32 as in Ethernet and zlib (ISO 3309: reflected polynomial 0xEDB88320, all ones in, inverted out). It finds line
/// noise cheaply; what it lets through by chance or by intent still has to pass the MAC.
/// </summary>
public static class Crc32
{
    public const int Bytes = 4;

    private static readonly uint[] s_table = BuildTable();

    public static uint Of(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < data.Length; i++)
        {
            crc = (crc >> 8) ^ s_table[(crc ^ data[i]) & 0xFF];
        }

        return ~crc;
    }

    private static uint[] BuildTable()
    {
        uint[] table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            uint c = n;
            for (int bit = 0; bit < 8; bit++)
            {
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            }

            table[n] = c;
        }

        return table;
    }
}
