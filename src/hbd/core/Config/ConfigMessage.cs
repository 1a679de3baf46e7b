using System.Globalization;

namespace Hbd.Core.Config;

/// <summary>One error or warning about a file, with its place; both numbers from 1.</summary>
public sealed record ConfigMessage(string File, int Line, int Column, string Text)
{
    /// <summary>The one-line form that editors understand: <c>file:line:column: text</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Text}");
}
