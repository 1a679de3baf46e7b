namespace Hbd.Core;

/// <summary>Running 64-bit FNV-1a over whole words: says whether two runs went through the same states.</summary>
public struct StateHasher
{
    private ulong _hash;

    public static StateHasher Create() => new() { _hash = 14_695_981_039_346_656_037UL };

    public readonly ulong Value => _hash;

    public void Add(ulong value)
    {
        unchecked
        {
            _hash = (_hash ^ value) * 1_099_511_628_211UL;
            _hash ^= _hash >> 29;
        }
    }

    public void Add(long value) => Add(unchecked((ulong)value));

    public void Add(bool value) => Add(value ? 1UL : 0UL);
}
