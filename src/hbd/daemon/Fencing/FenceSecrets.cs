using System;
using System.Collections.Generic;
using System.Text;
using Hbd.Core.Auth;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// Parameters with their secrets, read when they are needed and not before: a changed password needs no restart, and
/// none stays in memory. Same rule as for authkeys: the file belongs to root and is closed to everybody else.
/// </summary>
internal static class FenceSecrets
{
    private const int BytesMax = 1_024;
    private const string Mask = "********";

    /// <summary>What is hidden in texts: shorter values would hide half of every sentence.</summary>
    private const int MaskedCharsMin = 3;

    private static readonly string[] s_words = ["pass", "secret", "community"];

    /// <summary>The parameters in clear, or null and why not.</summary>
    public static List<KeyValuePair<string, string>>? Resolve(
        IReadOnlyList<KeyValuePair<string, string>> parameters, IReadOnlyList<KeyValuePair<string, string>> files, out string problem)
    {
        problem = "";
        List<KeyValuePair<string, string>> resolved = [.. parameters];
        foreach (KeyValuePair<string, string> file in files)
        {
            if (Read(file.Value, out problem) is not { } value)
            {
                return null;
            }

            resolved.Add(new KeyValuePair<string, string>(file.Key, value));
        }

        return resolved;
    }

    /// <summary>Hides every secret that a program may have repeated.</summary>
    public static string Hide(
        string text, IReadOnlyList<KeyValuePair<string, string>> resolved, IReadOnlyList<KeyValuePair<string, string>> files)
    {
        foreach (KeyValuePair<string, string> parameter in resolved)
        {
            if (parameter.Value.Length >= MaskedCharsMin && IsSecret(parameter.Key, files))
            {
                text = text.Replace(parameter.Value, Mask, StringComparison.Ordinal);
            }
        }

        return text;
    }

    private static bool IsSecret(string name, IReadOnlyList<KeyValuePair<string, string>> files)
    {
        foreach (KeyValuePair<string, string> file in files)
        {
            if (file.Key == name)
            {
                return true;
            }
        }

        return Array.Exists(s_words, w => name.Contains(w, StringComparison.Ordinal));
    }

    private static string? Read(string path, out string problem)
    {
        byte[] buffer = new byte[BytesMax];
        Errno error = StateFile.Read(path, buffer, out int length);
        if (error.IsError)
        {
            problem = path + ": " + (error.Value == Errno.EFBIG ? "larger than 1024 bytes; this is not a password" : error.Text);
            return null;
        }

        FileOwner owner = FileOwner.Of(path);
        if (AuthKeysPermission.Problem(path, owner.Mode, owner.Uid, UnixSocket.EffectiveUser) is { } wrong)
        {
            problem = wrong;
            return null;
        }

        string value = Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\r', '\n');
        foreach (char c in value)
        {
            if (char.IsControl(c))
            {
                problem = path + ": more than one line, or a control character in it";
                return null;
            }
        }

        problem = value.Length > 0 ? "" : path + " is empty";
        return value.Length > 0 ? value : null;
    }
}
