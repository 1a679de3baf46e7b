using System.Collections.Generic;
using System.Text;

namespace Hbd.Core.Config.Binding;

/// <summary>Foreign text inside a message: one line, bounded, no control characters.</summary>
internal static class Shown
{
    private const int CharsMax = 80;

    public static string Word(string text)
    {
        StringBuilder shown = new();
        foreach (char c in text)
        {
            if (shown.Length == CharsMax)
            {
                return shown.Append('…').ToString();
            }

            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        }

        return shown.ToString();
    }

    /// <summary><c>a, b or c</c>.</summary>
    public static string OneOf(IReadOnlyList<string> words)
    {
        StringBuilder list = new();
        for (int i = 0; i < words.Count; i++)
        {
            list.Append(i == 0 ? "" : i + 1 == words.Count ? " or " : ", ").Append(words[i]);
        }

        return list.ToString();
    }
}
