using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Hbd.Daemon.Conversion;

/// <summary>authkeys with every method as sha256. No secret is ever in the account.</summary>
internal sealed class AuthKeysConverter(Account account, Func<string> newSecret)
{
    private const string File = "authkeys";
    private const int SecretCharsMin = 8;
    private const int SecretCharsMax = 256;
    private const string Both = "both nodes must get this same file, at the same moment";

    /// <summary>The text of hbd's authkeys.</summary>
    public string Convert(IReadOnlyList<SourceLine> lines)
    {
        StringBuilder text = new();
        foreach (SourceLine line in lines)
        {
            IReadOnlyList<string> words = line.Words;
            if (words[0] == "auth" && words.Count == 2 && Number(words[1]) is { } signing)
            {
                text.Append("auth ").Append(signing).Append('\n');
                account.Add(File, line.Number, "auth " + signing, Verdict.Taken, "");
            }
            else if (Number(words[0]) is { } number && words.Count is 2 or 3)
            {
                Key(text, line, number, words[1], words.Count == 3 ? words[2] : null);
            }
            else
            {
                account.Add(File, line.Number, "", Verdict.Refused, "neither \"auth N\" nor \"N method secret\"; heartbeat refuses it too");
            }
        }

        return text.ToString();
    }

    private void Key(StringBuilder text, SourceLine line, string number, string method, string? secret)
    {
        string shown = number + (method is "crc" or "md5" or "sha1" ? " " + method : "");
        if (method is not ("crc" or "md5" or "sha1") || (method != "crc" && secret is null))
        {
            account.Add(File, line.Number, shown, Verdict.Refused, "expected md5 or sha1 with a secret, or crc; heartbeat refuses it too");
            return;
        }

        bool usable = method != "crc" && secret!.Length is >= SecretCharsMin and <= SecretCharsMax && !HasControl(secret);
        string note = usable ? "the same secret with sha256; " + Both
            : method == "crc" ? "crc has no secret, so one was made; " + Both
            : "its secret is not 8 to 256 printable characters, so another was made; " + Both;
        text.Append(number).Append(" sha256 ").Append(usable ? secret : newSecret()).Append('\n');
        account.Add(File, line.Number, shown, Verdict.Translated, note);
    }

    private static string? Number(string word)
        => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < Hbd.Core.Limits.AuthKeys
            ? number.ToString(CultureInfo.InvariantCulture) : null;

    private static bool HasControl(string secret)
    {
        foreach (char c in secret)
        {
            if (char.IsControl(c) || c == '\uFFFD')
            {
                return true;
            }
        }

        return false;
    }
}
