using System;
using System.Text;

namespace Hbd.Daemon.Agents;

/// <summary>The last bytes of a stream of any length.</summary>
internal sealed class TailBuffer
{
    private byte[] _ring;
    private long _total;

    public TailBuffer(int capacity) => _ring = new byte[capacity];

    /// <summary>Everything ever appended.</summary>
    public long TotalBytes => _total;

    /// <summary>Empties it; the memory is kept unless another size is asked for.</summary>
    public void Reset(int capacity)
    {
        _total = 0;
        if (_ring.Length != capacity)
        {
            _ring = new byte[capacity];
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _total += bytes.Length;
        ReadOnlySpan<byte> kept = bytes.Length > _ring.Length ? bytes[^_ring.Length..] : bytes;
        int at = (int)((_total - kept.Length) % _ring.Length);
        int first = Math.Min(kept.Length, _ring.Length - at);
        kept[..first].CopyTo(_ring.AsSpan(at));
        kept[first..].CopyTo(_ring);
    }

    /// <summary>What was kept; from the first whole line on when something was dropped.</summary>
    public string Text()
    {
        if (_total <= _ring.Length)
        {
            return Encoding.UTF8.GetString(_ring, 0, (int)_total);
        }

        byte[] ordered = new byte[_ring.Length];
        int start = (int)(_total % _ring.Length);
        _ring.AsSpan(start).CopyTo(ordered);
        _ring.AsSpan(0, start).CopyTo(ordered.AsSpan(_ring.Length - start));
        int line = Array.IndexOf(ordered, (byte)'\n') + 1;
        return Encoding.UTF8.GetString(ordered, line, ordered.Length - line);
    }
}
