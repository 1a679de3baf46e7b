using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// Messages of nf_tables, one after the other. Attributes nest, their integers are in network order. The buffer grows: rules
/// have no natural size.
/// </summary>
internal sealed class NftWriter
{
    private byte[] _bytes = new byte[4096];
    private int _length;
    private int _messageAt;

    public Span<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Begin(ushort type, byte family, ushort flags, ushort resource = 0)
    {
        _messageAt = _length;
        Libc.nlmsghdr header = new() { nlmsg_type = type, nlmsg_flags = flags };
        MemoryMarshal.Write(Reserve(16), in header);
        Span<byte> order = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(order, resource);
        Libc.nfgenmsg generic = new() { nfgen_family = family, res_id = MemoryMarshal.Read<ushort>(order) };
        MemoryMarshal.Write(Reserve(4), in generic);
    }

    public void End()
    {
        uint length = (uint)(_length - _messageAt);
        MemoryMarshal.Write(_bytes.AsSpan(_messageAt), in length);
    }

    public void Text(ushort type, string value) => Value(type, Encoding.ASCII.GetBytes(value + "\0"));

    public void Number(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Value(type, bytes);
    }

    public void Value(ushort type, scoped ReadOnlySpan<byte> value)
    {
        Libc.rtattr header = new() { rta_len = (ushort)(4 + value.Length), rta_type = type };
        MemoryMarshal.Write(Reserve(4), in header);
        value.CopyTo(Reserve(value.Length));
    }

    /// <summary>Opens a nested attribute; returns what <see cref="Close"/> wants.</summary>
    public int Open(ushort type)
    {
        int at = _length;
        Libc.rtattr header = new() { rta_type = (ushort)(type | Libc.NLA_F_NESTED) };
        MemoryMarshal.Write(Reserve(4), in header);
        return at;
    }

    public void Close(int at)
    {
        ushort length = checked((ushort)(_length - at));
        MemoryMarshal.Write(_bytes.AsSpan(at), in length);
    }

    private Span<byte> Reserve(int bytes)
    {
        int aligned = (bytes + 3) & ~3;
        if (_length + aligned > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + aligned));
        }

        Span<byte> room = _bytes.AsSpan(_length, aligned);
        room.Clear();
        _length += aligned;
        return room[..bytes];
    }
}
