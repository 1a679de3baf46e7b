using System;
using System.Collections.Generic;
using System.IO;

namespace Hbd.Daemon.Shims;

/// <summary>
/// Pacemaker's tools as agents call them, answered from files: hbd under their names, in a directory of its own that agents get as
/// HA_SBIN_DIR and first in PATH. Each call is a process that lives some milliseconds and asks nobody; only <see cref="ReplicationInfo"/> waits.
/// </summary>
internal static class ShimProgram
{
    public static readonly IReadOnlyList<string> Names =
        ["crm_attribute", "crm_master", "crm_node", "attrd_updater", "crm_resource", "crm_mon", "crm_failcount", "crm_standby", "cibadmin"];

    public static bool Is(string name)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>The exit code, in Pacemaker's numbers.</returns>
    public static int Run(string name, IReadOnlyList<string> words, ShimContext context)
    {
        try
        {
            return name switch
            {
                "crm_attribute" => AttributeShim.Run(name, words, context),
                "crm_master" => AttributeShim.Run(name, words, context),
                "crm_node" => NodeShim.Run(words, context),
                "attrd_updater" => UpdaterShim.Run(words, context),
                "crm_resource" => ResourceShim.Run(words, context),
                "crm_failcount" => FailcountShim.Run(words, context),
                "crm_standby" => StandbyShim.Run(words, context),
                "crm_mon" => MonShim.Run(words, context),
                _ => Refuse(name, "there is no cluster information base; hbd's configuration is /etc/hbd/hbd.toml", context),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Errors.WriteLine(name + ": " + e.Message);
            return e is UnauthorizedAccessException ? ShimExit.CannotWrite : ShimExit.Input;
        }
    }

    public static int Refuse(string name, string why, ShimContext context)
    {
        context.Errors.WriteLine(name + ": " + why);
        return ShimExit.Unavailable;
    }

    public static int Usage(string name, string problem, ShimContext context)
    {
        context.Errors.WriteLine(name + ": " + problem + " (this is hbd's, for agents: see doc/agents.md)");
        return ShimExit.Usage;
    }

    public static int NotFound(string name, string what, ShimContext context)
    {
        context.Errors.WriteLine(name + ": " + what + ": No such device or address");
        return ShimExit.NotFound;
    }
}
