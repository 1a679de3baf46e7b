using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>Errors and warnings of one file, bounded, given out in the order of the file.</summary>
/// <param name="incomplete">
/// Lines were lost to syntax errors: what seems to be missing may stand in one of them,
/// so <see cref="Missing"/> is quiet.
/// </param>
internal sealed class MessageList(string file, bool incomplete = false)
{
    private readonly List<ConfigMessage> _errors = [];
    private readonly List<ConfigMessage> _warnings = [];
    private int _errorsDropped;

    public bool HasErrors => _errors.Count > 0;

    public void Error(TomlPosition at, string text)
    {
        if (_errors.Count < Limits.ConfigErrors)
        {
            _errors.Add(new ConfigMessage(file, at.Line, at.Column, text));
        }
        else
        {
            _errorsDropped++;
        }
    }

    /// <summary>Something required is not there.</summary>
    public void Missing(TomlPosition at, string text)
    {
        if (!incomplete)
        {
            Error(at, text);
        }
    }

    public void Warn(TomlPosition at, string text)
    {
        if (_warnings.Count < Limits.ConfigErrors)
        {
            _warnings.Add(new ConfigMessage(file, at.Line, at.Column, text));
        }
    }

    public IReadOnlyList<ConfigMessage> ErrorsInOrder()
    {
        List<ConfigMessage> ordered = InOrder(_errors);
        if (_errorsDropped > 0)
        {
            string count = _errorsDropped.ToString(CultureInfo.InvariantCulture);
            ConfigMessage last = ordered[^1];
            ordered.Add(new ConfigMessage(file, last.Line, last.Column, count + " more errors are not shown"));
        }

        return ordered;
    }

    public IReadOnlyList<ConfigMessage> WarningsInOrder() => InOrder(_warnings);

    /// <summary>Stable: messages about one place keep the order in which they were found.</summary>
    private static List<ConfigMessage> InOrder(List<ConfigMessage> messages)
    {
        List<ConfigMessage> ordered = [];
        foreach (ConfigMessage message in messages)
        {
            int at = ordered.Count;
            while (at > 0 && IsBefore(message, ordered[at - 1]))
            {
                at--;
            }

            ordered.Insert(at, message);
        }

        return ordered;
    }

    private static bool IsBefore(ConfigMessage a, ConfigMessage b) =>
        a.Line < b.Line || (a.Line == b.Line && a.Column < b.Column);
}
