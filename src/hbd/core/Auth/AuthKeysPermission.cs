using System;
using System.Globalization;

namespace Hbd.Core.Auth;

/// <summary>Who may own and read authkeys. The caller asks the kernel; the rule stands here.</summary>
public static class AuthKeysPermission
{
    private const int GroupAndOthers = 0b000_111_111;
    private const int PermissionBits = 0b111_111_111_111;

    /// <summary>Null, or what is wrong and what to do about it.</summary>
    /// <param name="mode">Mode bits of the file; the type bits do not matter.</param>
    /// <param name="readerUid">The user hbd runs as.</param>
    public static string? Problem(string fileName, int mode, uint ownerUid, uint readerUid)
    {
        if (ownerUid != 0 && ownerUid != readerUid)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"{fileName} belongs to user {ownerUid}, who could change the keys; run: chown root {fileName}");
        }

        if ((mode & GroupAndOthers) == 0)
        {
            return null;
        }

        string octal = Convert.ToString(mode & PermissionBits, 8).PadLeft(4, '0');
        return $"{fileName} has mode {octal}, open to more than its owner; expected 0600, run: chmod 600 {fileName}";
    }
}
