using System.Collections.Generic;
using Hbd.Core.Config;

namespace Hbd.Core.Auth;

/// <summary>The keys, or what is wrong with the file; never both.</summary>
public sealed record AuthKeysResult
{
    public required AuthKeys? Keys { get; init; }

    public required IReadOnlyList<ConfigMessage> Errors { get; init; }

    public required IReadOnlyList<ConfigMessage> Warnings { get; init; }
}
