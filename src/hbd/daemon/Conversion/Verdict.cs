namespace Hbd.Daemon.Conversion;

/// <summary>What became of a line.</summary>
internal enum Verdict
{
    /// <summary>The same words, the same meaning.</summary>
    Taken,

    /// <summary>Other words, or a meaning that differs in what the note says.</summary>
    Translated,

    /// <summary>hbd has no use for it; nothing is lost.</summary>
    Ignored,

    /// <summary>Something is lost; the note says what to do.</summary>
    Refused,
}
