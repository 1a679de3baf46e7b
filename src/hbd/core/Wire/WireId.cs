using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hbd.Core.Wire;

/// <summary>
/// Names travel as the first four bytes (big endian) of the SHA-256 of their UTF-8 text. Two groups or
/// nodes of one configuration with the same id are a configuration error.
/// </summary>
public static class WireId
{
    public static uint Of(string name)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return BinaryPrimitives.ReadUInt32BigEndian(digest);
    }
}
