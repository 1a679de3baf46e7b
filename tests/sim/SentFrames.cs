using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Hbd.Sim;

/// <summary>
/// When each frame left its sender, by its MAC: that is its own even where a generation was used twice. Keeps so many that
/// nobody who recorded frames sends one that was forgotten.
/// </summary>
internal sealed class SentFrames
{
    private const int Kept = 200_000;
    private readonly Dictionary<ulong, long> _atNs = [];
    private readonly Queue<ulong> _order = new();

    public void Add(byte[] frame, long nowNs)
    {
        ulong mac = Mac(frame);
        if (_atNs.TryAdd(mac, nowNs))
        {
            _order.Enqueue(mac);
        }

        if (_order.Count > Kept)
        {
            _atNs.Remove(_order.Dequeue());
        }
    }

    public long When(byte[] frame) => _atNs[Mac(frame)];

    private static ulong Mac(byte[] frame) => BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(frame.Length - sizeof(ulong)));
}
