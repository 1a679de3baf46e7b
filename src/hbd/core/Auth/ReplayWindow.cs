namespace Hbd.Core.Auth;

/// <summary>
/// Sequences of one sender and one generation: each counts once, whichever link it comes by. Frames on a slow line arrive
/// behind those on a fast one, so the last 1,024 numbers are remembered (sixteen links at ten frames a second: six seconds).
/// The method is RFC 6479's ring of words.
/// </summary>
internal sealed class ReplayWindow
{
    private const int Words = 16;
    private const int WordBits = 64;

    /// <summary>One word less than the ring, because the newest word is only partly filled.</summary>
    public const int Width = (Words - 1) * WordBits;

    private readonly ulong[] _ring = new ulong[Words];

    /// <summary>The highest sequence accepted.</summary>
    public ulong Highest { get; private set; }

    /// <summary>Forgets everything; what is not above <paramref name="floor"/> is old from now on.</summary>
    public void Reset(ulong floor)
    {
        for (int i = 0; i < Words; i++)
        {
            _ring[i] = ulong.MaxValue;
        }

        Highest = floor;
        _ring[Index(floor)] = ulong.MaxValue >> (WordBits - 1 - Bit(floor));
    }

    /// <summary>True if this number was not seen before and is not too old; it is marked seen.</summary>
    public bool TryAccept(ulong sequence)
    {
        if (sequence > Highest)
        {
            Advance(sequence);
        }
        else if (Highest - sequence >= Width)
        {
            return false;
        }

        ulong mask = 1UL << Bit(sequence);
        ref ulong word = ref _ring[Index(sequence)];
        if ((word & mask) != 0)
        {
            return false;
        }

        word |= mask;
        return true;
    }

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add(Highest);
        for (int i = 0; i < Words; i++)
        {
            hasher.Add(_ring[i]);
        }
    }

    private void Advance(ulong sequence)
    {
        ulong from = Highest / WordBits;
        ulong to = sequence / WordBits;
        ulong steps = to - from;
        for (ulong i = 1; i <= steps && i <= Words; i++)
        {
            _ring[(int)((from + i) % Words)] = 0;
        }

        Highest = sequence;
    }

    private static int Index(ulong sequence) => (int)((sequence / WordBits) % Words);

    private static int Bit(ulong sequence) => (int)(sequence % WordBits);
}
