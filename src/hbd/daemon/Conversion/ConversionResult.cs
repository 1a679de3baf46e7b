using System.Collections.Generic;

namespace Hbd.Daemon.Conversion;

/// <summary>The texts of the three classic files; null: not there.</summary>
internal sealed record ClassicFiles(string HaCf, string? Haresources, string? AuthKeys);

/// <param name="Name">File name next to hbd.toml.</param>
internal sealed record SecretFile(string Name, string Content);

/// <param name="Accepted">hbd's own readers take both files.</param>
internal sealed record ConversionResult(
    string Toml, string AuthKeys, IReadOnlyList<SecretFile> Secrets, Account Account, bool Accepted)
{
    /// <summary>What hbd's readers would like to be better.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
