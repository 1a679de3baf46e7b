using System;
using System.Globalization;
using System.IO;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.WriteFile;

/// <summary><c>user</c>, <c>user:group</c>, <c>:group</c>; names as in /etc/passwd and /etc/group, or numbers.</summary>
internal readonly record struct OwnerName(uint User, uint Group)
{
    /// <summary>Null with the reason. Only local users: asking a directory service could take for ever.</summary>
    public static OwnerName? Parse(string text, out string? problem)
    {
        problem = null;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string user = colon < 0 ? text : text[..colon];
        string group = colon < 0 ? "" : text[(colon + 1)..];
        if (Find(user, "/etc/passwd") is not { } userId)
        {
            problem = "no user \"" + user + "\" in /etc/passwd; a number works too";
            return null;
        }

        if (Find(group, "/etc/group") is not { } groupId)
        {
            problem = "no group \"" + group + "\" in /etc/group; a number works too";
            return null;
        }

        return new OwnerName(userId, groupId);
    }

    private static uint? Find(string name, string file)
    {
        if (name.Length == 0)
        {
            return PlacedFile.Unchanged;
        }

        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != PlacedFile.Unchanged)
        {
            return number;
        }

        try
        {
            foreach (string line in File.ReadLines(file))
            {
                string[] fields = line.Split(':');
                if (fields.Length > 2 && fields[0] == name
                    && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out number))
                {
                    return number;
                }
            }
        }
        catch (IOException)
        {
            // Without the file there are no names.
        }

        return null;
    }
}
