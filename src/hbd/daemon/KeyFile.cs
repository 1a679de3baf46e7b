using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Sys;

namespace Hbd.Daemon;

/// <summary>Reads /etc/hbd/authkeys: owner and mode first, then the text. For the start, for a reload and for <c>hbd check</c>.</summary>
internal static class KeyFile
{
    /// <summary>The keys, or null with everything that is wrong; a secret never appears in a message.</summary>
    public static Keyring? Load(string path, out string[] problems)
    {
        AuthKeysResult? result = Read(path, out problems);
        if (result?.Keys is not { } keys)
        {
            return null;
        }

        List<KeyValuePair<int, byte[]>> secrets = [];
        foreach (AuthKey key in keys.Keys)
        {
            secrets.Add(new KeyValuePair<int, byte[]>(key.Id, key.Secret));
        }

        return new Keyring(keys.SigningId, secrets);
    }

    /// <summary>Checks without making a keyring; warnings stand in the result.</summary>
    public static AuthKeysResult? Read(string path, out string[] problems)
    {
        problems = [];
        if (!ConfigFile.TryRead(path, out byte[] text, out string problem))
        {
            problems = [problem];
            return null;
        }

        FileOwner owner = FileOwner.Of(path);
        if (AuthKeysPermission.Problem(path, owner.Mode, owner.Uid, UnixSocket.EffectiveUser) is { } wrong)
        {
            problems = [wrong];
            return null;
        }

        AuthKeysResult result = AuthKeysReader.Read(path, text);
        problems = result.Errors.Select(e => e.ToString()).ToArray();
        return result;
    }
}

/// <summary>A small file from the administrator: bounded, with a plain reason when it cannot be read.</summary>
internal static class ConfigFile
{
    public static bool TryRead(string path, out byte[] text, out string problem)
    {
        text = [];
        problem = "";
        try
        {
            FileInfo file = new(path);
            if (file.Exists && file.Length > Limits.ConfigBytes)
            {
                problem = path + ": larger than 4 MB; this is not a configuration";
                return false;
            }

            text = File.ReadAllBytes(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = path + ": " + e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file",
                UnauthorizedAccessException => "not readable for this user",
                _ => e.Message,
            };
            return false;
        }
    }
}
