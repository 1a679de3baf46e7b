using System;
using System.Collections.Generic;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.Filesystem;

/// <summary>The options of a mount, split into what mount(2) takes as flags and what the file system gets as text.</summary>
internal sealed record MountOptions(uint Flags, string Data)
{
    /// <summary>Option, flag, and whether it sets or clears it (mount(8), mount(2)).</summary>
    private static readonly (string Name, uint Flag, bool Set)[] s_flags =
    [
        ("ro", 1, true), ("rw", 1, false), ("nosuid", 2, true), ("suid", 2, false), ("nodev", 4, true), ("dev", 4, false),
        ("noexec", 8, true), ("exec", 8, false), ("sync", 16, true), ("async", 16, false), ("dirsync", 128, true),
        ("mand", 64, true), ("nomand", 64, false), ("noatime", 1024, true), ("atime", 1024, false), ("nodiratime", 2048, true),
        ("diratime", 2048, false), ("bind", MountTable.Bind, true), ("rbind", MountTable.Bind | MountTable.Recursive, true),
        ("relatime", 1 << 21, true), ("norelatime", 1 << 21, false), ("strictatime", 1 << 24, true), ("lazytime", 1 << 25, true),
        ("nolazytime", 1 << 25, false), ("silent", 1 << 15, true), ("loud", 1 << 15, false), ("iversion", 1 << 23, true),
        ("noiversion", 1 << 23, false),
    ];

    public bool IsBind => (Flags & MountTable.Bind) != 0;

    public bool IsReadOnly => (Flags & MountTable.ReadOnly) != 0;

    public static MountOptions Parse(string text)
    {
        uint flags = 0;
        List<string> data = [];
        foreach (string option in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int known = Array.FindIndex(s_flags, f => f.Name == option);
            if (known >= 0)
            {
                flags = s_flags[known].Set ? flags | s_flags[known].Flag : flags & ~s_flags[known].Flag;
            }
            else if (!IsForOthers(option))
            {
                data.Add(option);
            }
        }

        return new MountOptions(flags, string.Join(',', data));
    }

    /// <summary>Options for fstab and the programs that read it.</summary>
    private static bool IsForOthers(string option)
        => option is "defaults" or "auto" or "noauto" or "nofail" or "_netdev" or "user" or "nouser" or "users" or "owner" or "group"
            || option.StartsWith("x-", StringComparison.Ordinal) || option.StartsWith("X-", StringComparison.Ordinal)
            || option.StartsWith("comment=", StringComparison.Ordinal);
}
