using System.Text;

namespace Hbd.Core.Config.Binding;

/// <summary>What may be a name, and how other text becomes one.</summary>
internal static class Names
{
    public static bool IsWordChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';

    public static bool IsWord(string text)
    {
        foreach (char c in text)
        {
            if (!IsWordChar(c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    /// <summary>Printable and without blanks, so that it stays one word in listings and commands.</summary>
    public static bool IsOneWord(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    /// <summary>
    /// Interface names as the kernel takes them: IFNAMSIZ is 16 with the end, no slash, no blank, no colon.
    /// </summary>
    public static bool IsInterface(string text) => IsOneWord(text) && text.Length <= 15 && text is not ("." or "..")
        && text.IndexOfAny(['/', ':']) < 0;

    public static string Sanitise(string text)
    {
        StringBuilder name = new();
        foreach (char c in text)
        {
            name.Append(IsWordChar(c) ? c : '_');
        }

        return name.ToString();
    }
}
