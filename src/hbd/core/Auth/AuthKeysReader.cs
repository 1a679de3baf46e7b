using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Hbd.Core.Config;
using Hbd.Core.Config.Binding;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Auth;

/// <summary>
/// Text of authkeys to keys, all errors in one run. The classic form: <c>auth N</c>, before or after the line it names,
/// and lines <c>N method secret</c>. No message ever holds a secret, nor a word that might be one.
/// </summary>
public sealed class AuthKeysReader
{
    private const int SecretCharsMin = 8;
    private const int SecretCharsUsual = 16;
    private const int SecretCharsMax = 256;
    private const string SampleSecret = "replace-this-secret-before-use";
    private const string LineExpected = "\"auth N\" or \"N sha256 secret\"";
    private const string NumberExpected = "a number from 0 to 15";

    private readonly MessageList _messages;
    private readonly List<AuthKey> _keys = [];
    private readonly int[] _keyLine = new int[Limits.AuthKeys];
    private int? _signing;
    private TomlPosition _signingAt;

    private AuthKeysReader(string fileName) => _messages = new MessageList(fileName);

    public static AuthKeysResult Read(string fileName, ReadOnlySpan<byte> text)
    {
        AuthKeysReader reader = new(fileName);
        if (text.Length > Limits.ConfigBytes)
        {
            reader._messages.Error(new TomlPosition(1, 1), "the file is too large; expected at most 4 MiB");
        }
        else
        {
            reader.ReadLines(Encoding.UTF8.GetString(text));
            reader.CheckSigningKey();
        }

        bool valid = !reader._messages.HasErrors;
        return new AuthKeysResult
        {
            Keys = valid && reader._signing is { } signing ? new AuthKeys(signing, reader._keys) : null,
            Errors = reader._messages.ErrorsInOrder(),
            Warnings = reader._messages.WarningsInOrder(),
        };
    }

    private void ReadLines(string text)
    {
        int line = 1;
        foreach (ReadOnlySpan<char> content in text.AsSpan().EnumerateLines())
        {
            List<(string Word, TomlPosition At)> words = Words(content, line);
            if (words.Count > 0)
            {
                ReadLine(words);
            }

            line++;
        }
    }

    /// <summary>A '#' begins a comment only where a word could begin: secrets may hold one.</summary>
    private static List<(string Word, TomlPosition At)> Words(ReadOnlySpan<char> line, int number)
    {
        List<(string, TomlPosition)> words = [];
        int at = 0;
        while (true)
        {
            while (at < line.Length && line[at] is ' ' or '\t')
            {
                at++;
            }

            if (at == line.Length || line[at] == '#')
            {
                return words;
            }

            int start = at;
            while (at < line.Length && line[at] is not (' ' or '\t'))
            {
                at++;
            }

            words.Add((line[start..at].ToString(), new TomlPosition(number, Column(line, start))));
        }
    }

    private static int Column(ReadOnlySpan<char> line, int index)
    {
        int column = 1;
        foreach (char c in line[..index])
        {
            column += char.IsLowSurrogate(c) ? 0 : 1;
        }

        return column;
    }

    private void ReadLine(List<(string Word, TomlPosition At)> words)
    {
        if (words[0].Word == "auth")
        {
            ReadAuth(words);
        }
        else if (char.IsAsciiDigit(words[0].Word[0]))
        {
            ReadKey(words);
        }
        else
        {
            // The word itself is not shown: a secret may have slipped to the front.
            _messages.Error(words[0].At, "this line is neither a choice nor a key; expected " + LineExpected);
        }
    }

    private void ReadAuth(List<(string Word, TomlPosition At)> words)
    {
        TomlPosition at = words[0].At;
        if (words.Count != 2)
        {
            _messages.Error(at, "auth names one key; expected \"auth N\", N being " + NumberExpected);
            return;
        }

        if (KeyNumber(words[1].Word) is not { } number)
        {
            _messages.Error(words[1].At, "auth does not name a key; expected " + NumberExpected);
            return;
        }

        if (_signing is not null)
        {
            _messages.Error(at, $"a second auth line, the first is line {Text(_signingAt.Line)}; expected one: "
                + "one key signs, all listed keys verify");
            return;
        }

        _signing = number;
        _signingAt = words[1].At;
    }

    private void ReadKey(List<(string Word, TomlPosition At)> words)
    {
        int? number = KeyNumber(words[0].Word);
        if (number is null)
        {
            _messages.Error(words[0].At, "this is not the number of a key; expected " + NumberExpected);
        }

        bool valid = CheckMethod(words);
        valid = valid && CheckSecret(words);
        if (number is not { } id)
        {
            return;
        }

        if (_keyLine[id] > 0)
        {
            _messages.Error(words[0].At,
                $"key {Text(id)} is already in line {Text(_keyLine[id])}; expected every number once");
            return;
        }

        _keyLine[id] = words[0].At.Line;
        if (valid)
        {
            _keys.Add(new AuthKey(id, Encoding.UTF8.GetBytes(words[2].Word)));
        }
    }

    private bool CheckMethod(List<(string Word, TomlPosition At)> words)
    {
        if (words.Count < 2)
        {
            _messages.Error(words[0].At, "a key without method and secret; expected \"N sha256 secret\"");
            return false;
        }

        (string method, TomlPosition at) = words[1];
        switch (method)
        {
            case "sha256" or "hmac-sha256":
                return true;
            case "crc" or "md5" or "sha1":
                _messages.Error(at, $"method {method} of the classic daemon is not safe and not supported; use sha256");
                return false;
            default:
                _messages.Error(at, "this is not a method; expected sha256 (or hmac-sha256, the same)");
                return false;
        }
    }

    private bool CheckSecret(List<(string Word, TomlPosition At)> words)
    {
        if (words.Count != 3)
        {
            TomlPosition where = words.Count < 3 ? words[1].At : words[3].At;
            _messages.Error(where, words.Count < 3
                ? "a key without a secret; expected one word of 8 to 256 characters after the method"
                : "more than one word after the method; expected a secret of one word, without blanks");
            return false;
        }

        (string secret, TomlPosition at) = words[2];
        if (HasUnusable(secret))
        {
            _messages.Error(at, "the secret holds a control character or is not UTF-8; expected printable characters");
            return false;
        }

        if (secret.Length is < SecretCharsMin or > SecretCharsMax)
        {
            _messages.Error(at, $"the secret has {Text(secret.Length)} characters; expected 8 to 256");
            return false;
        }

        if (secret == SampleSecret)
        {
            _messages.Warn(at, "this is the secret of the shipped sample, which everybody knows; replace it");
        }
        else if (secret.Length < SecretCharsUsual)
        {
            _messages.Warn(at,
                $"the secret has only {Text(secret.Length)} characters; 16 or more random ones are safe");
        }

        return true;
    }

    private static bool HasUnusable(string secret)
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

    private void CheckSigningKey()
    {
        TomlPosition start = new(1, 1);
        if (_signing is not { } signing)
        {
            if (!_messages.HasErrors)
            {
                _messages.Error(start, "no auth line; expected \"auth N\" to choose the key that signs");
            }

            return;
        }

        // A key whose line is wrong has been reported where it stands.
        if (_keyLine[signing] == 0)
        {
            _messages.Error(_signingAt, $"auth names key {Text(signing)}, which is not in the file; "
                + $"expected a line \"{Text(signing)} sha256 secret\"");
        }
    }

    private static int? KeyNumber(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < Limits.AuthKeys
            ? number
            : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
