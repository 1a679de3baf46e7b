using System.Collections.Generic;

namespace Hbd.Core.Config.Toml;

/// <summary>What could be read, and everything that was wrong; with errors the tree lacks the wrong lines.</summary>
internal sealed record TomlDocument(TomlTable Root, IReadOnlyList<TomlError> Errors);
