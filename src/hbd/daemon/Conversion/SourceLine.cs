using System.Collections.Generic;

namespace Hbd.Daemon.Conversion;

/// <summary>One line of a classic file that says something: its place, its text without comment, its words.</summary>
/// <param name="Number">From 1; of a joined line the first one.</param>
internal sealed record SourceLine(string File, int Number, string Text, IReadOnlyList<string> Words);
