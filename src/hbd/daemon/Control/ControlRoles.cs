using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Hbd.Core.Config;
using Hbd.Sys;

namespace Hbd.Daemon.Control;

/// <summary>What a user may do over the control socket; each role includes the one before it.</summary>
internal enum ControlRole
{
    None,

    /// <summary>Look: status, fencing.</summary>
    Viewer,

    /// <summary>Move things: standby, takeover, failback, move, maintenance, cleanup, tests of devices.</summary>
    Operator,

    /// <summary>Everything else: stop, fencing by hand, shared objects.</summary>
    Admin,
}

/// <summary>
/// Which user has which role, by the Unix groups of the process at the other end of the socket as the kernel knows them. Group names
/// are read from /etc/group once at the start: a name service that does not answer must not hold the loop. Root, and the user the daemon runs as, is
/// an administrator; without any group nobody else may do anything.
/// </summary>
internal sealed class ControlRoles
{
    public const string GroupFile = "/etc/group";
    private const string UserFile = "/etc/passwd";
    private readonly string?[] _names = new string?[4];
    private readonly uint?[] _ids = new uint?[4];

    public ControlRoles(ControlConfig config, string groupFile = GroupFile)
    {
        _names[(int)ControlRole.Viewer] = config.ViewerGroup;
        _names[(int)ControlRole.Operator] = config.OperatorGroup;
        _names[(int)ControlRole.Admin] = config.AdminGroup;
        for (int role = 1; role < _names.Length; role++)
        {
            if (_names[role] is { } name)
            {
                _ids[role] = IdOf(groupFile, name);
                Problem = _ids[role] is null ? "[control] names the group \"" + name + "\", which " + groupFile + " does not have: nobody has its role" : Problem;
            }
        }
    }

    public static ControlRoles RootOnly { get; } = new(new ControlConfig());

    public string? Problem { get; }

    /// <summary>With one group the socket is that group's; with several whoever connects is asked who he is.</summary>
    public uint? OnlyGroup
    {
        get
        {
            uint? only = null;
            foreach (uint? id in _ids)
            {
                if (id is not null && only is not null && id != only)
                {
                    return null;
                }

                only = id ?? only;
            }

            return only;
        }
    }

    public bool HasGroups => Array.Exists(_ids, id => id is not null);

    public ControlRole Of(in PeerCredentials peer, ReadOnlySpan<uint> groups)
    {
        if (peer.Uid == 0 || peer.Uid == UnixSocket.EffectiveUser)
        {
            return ControlRole.Admin;
        }

        for (int role = (int)ControlRole.Admin; role > 0; role--)
        {
            if (_ids[role] is { } id && (peer.Gid == id || groups.Contains(id)))
            {
                return (ControlRole)role;
            }
        }

        return ControlRole.None;
    }

    public static ControlRole Needed(ControlCommand command) => command switch
    {
        ControlCommand.Status or ControlCommand.Watch or ControlCommand.Metrics or ControlCommand.Fence
            or ControlCommand.Compare or ControlCommand.Clock or ControlCommand.Comparison => ControlRole.Viewer,
        ControlCommand.Standby or ControlCommand.Takeover or ControlCommand.Failback or ControlCommand.Cleanup or ControlCommand.FenceTest
            or ControlCommand.MaintenanceOn or ControlCommand.MaintenanceOff or ControlCommand.Move or ControlCommand.MoveEnd => ControlRole.Operator,
        _ => ControlRole.Admin,
    };

    /// <summary>One line: what is missing, and how to come by it.</summary>
    public string Refusal(string command, ControlRole needed)
    {
        List<string> groups = [];
        for (int role = (int)needed; role < _names.Length; role++)
        {
            if (_ids[role] is not null && !groups.Contains(_names[role]!))
            {
                groups.Add(_names[role]!);
            }
        }

        string key = needed.ToString().ToLowerInvariant();
        return "permission denied: " + command + " needs the role " + key + "; "
            + (groups.Count == 0 ? "only root has it (give it to a group with [control] " + key + "_group)"
                : "be root, or join the group " + string.Join(" or ", groups) + " (usermod -aG) and log in again");
    }

    /// <summary>For the record: <c>alice (uid 1000, pid 4711)</c>.</summary>
    public static string Describe(in PeerCredentials who)
    {
        string ids = string.Create(CultureInfo.InvariantCulture, $"uid {who.Uid}, pid {who.Pid}");
        return NameOf(who.Uid) is { } name ? name + " (" + ids + ")" : ids;
    }

    private static string? NameOf(uint uid)
    {
        string id = uid.ToString(CultureInfo.InvariantCulture);
        foreach (string line in Lines(UserFile))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[2] == id)
            {
                return PlainText.Of(fields[0]);
            }
        }

        return null;
    }

    private static uint? IdOf(string groupFile, string name)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
        {
            return number;
        }

        foreach (string line in Lines(groupFile))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[0] == name && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
            {
                return id;
            }
        }

        return null;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
