using System;

namespace Hbd.Core.Recording;

/// <summary>The last frame of one link, by which the next one is told shortly. Writer and reader keep the same.</summary>
internal sealed class LinkImage
{
    private readonly byte[] _bytes = new byte[PacketImage.BytesMax];

    public int Length { get; private set; }

    public bool IsKnown => Length > 0;

    public ulong Sequence { get; private set; }

    /// <summary>By how much the sequence went on last time.</summary>
    public ulong Step { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public void Forget() => Length = 0;

    public void Learn(ReadOnlySpan<byte> image, ulong sequence)
    {
        Step = unchecked(sequence - Sequence);
        Sequence = sequence;
        image.CopyTo(_bytes);
        Length = image.Length;
    }

    public void Next() => Sequence = unchecked(Sequence + Step);
}

/// <summary>One frame that the core wrote.</summary>
/// <param name="Room">Bytes its buffer had.</param>
public readonly record struct WrittenFrame(int Link, int Room);
