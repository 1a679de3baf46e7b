using System.Collections.Generic;

namespace Hbd.Core.Config.Toml;

/// <summary>Collects errors up to a bound: a file of noise must not fill the memory with complaints.</summary>
internal sealed class TomlErrorList
{
    private readonly List<TomlError> _errors = [];

    public bool Full => _errors.Count >= Limits.ConfigErrors;

    public void Add(TomlPosition position, string text)
    {
        if (!Full)
        {
            _errors.Add(new TomlError(position, text));
        }
    }

    public IReadOnlyList<TomlError> InOrder()
    {
        _errors.Sort((a, b) => a.Position.Line != b.Position.Line
            ? a.Position.Line.CompareTo(b.Position.Line)
            : a.Position.Column.CompareTo(b.Position.Column));
        return _errors;
    }
}
