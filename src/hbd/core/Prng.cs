namespace Hbd.Core;

/// <summary>
/// A seeded generator that is part of the state (splitmix64). Used where values must differ, not where they must be secret:
/// a nonce is safe because only the holder of the key can answer it, not because nobody can guess it.
/// </summary>
public sealed class Prng
{
    private ulong _state;

    public Prng(ulong seed) => _state = seed;

    public ulong State => _state;

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15UL;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>0 &lt;= result &lt; bound. The bias of the remainder is below 2^-32 for the small bounds used here.</summary>
    public int Below(int bound)
    {
        Check.That(bound > 0, "Prng.Below needs a positive bound");
        return (int)(Next() % (ulong)bound);
    }

    /// <summary>True in <paramref name="permille"/> of 1,000 calls.</summary>
    public bool Chance(int permille) => Below(1_000) < permille;
}
