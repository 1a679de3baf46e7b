using System.Text;

namespace Hbd.Daemon;

/// <summary>Text of other programs and files for one line of ours.</summary>
internal static class PlainText
{
    /// <summary>Control characters and halves of surrogate pairs become question marks.</summary>
    public static string Of(string text)
    {
        StringBuilder plain = new(text);
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = char.IsControl(plain[i]) || char.IsSurrogate(plain[i]) ? '?' : plain[i];
        }

        return plain.ToString();
    }
}
