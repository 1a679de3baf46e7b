using System.Collections.Generic;

namespace Hbd.Daemon.Shims;

internal enum ShimArgument
{
    None,
    Required,

    /// <summary>The next word unless it looks like an option.</summary>
    Optional,
}

/// <summary>An option of a tool.</summary>
/// <param name="Letter">What it is called with one dash; other spellings stand for it.</param>
/// <param name="Names">With two dashes, or further letters.</param>
internal sealed record ShimOption(char Letter, ShimArgument Argument, params IReadOnlyList<string> Names);
