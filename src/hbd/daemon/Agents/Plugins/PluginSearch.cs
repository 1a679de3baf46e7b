using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Hbd.Core.Config;
using Hbd.Sys;

#pragma warning disable CA1416 // Unix file modes: hbd runs on Linux and nowhere else.

namespace Hbd.Daemon.Agents.Plugins;

/// <summary>Finds the shared object behind a name and says how it is run.</summary>
internal sealed class PluginSearch
{
    private const string Extension = ".so";

    private readonly AgentPaths _paths;
    private readonly PluginHost? _host;

    /// <param name="host">Loads them; null: they are only looked at.</param>
    public PluginSearch(AgentPaths paths, PluginHost? host)
    {
        _paths = paths;
        _host = host;
    }

    /// <summary>Of one instance: below a directory that a reboot empties. A name may hold slashes, a file's cannot.</summary>
    public static string StateDirectory(AgentPaths paths, string instance)
    {
        StringBuilder name = new(paths.StateDirectory + "/hbd-");
        foreach (char c in instance)
        {
            _ = c is '/' or '%' ? name.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture)) : name.Append(c);
        }

        return name.ToString();
    }

    /// <summary>Null: there is no such file.</summary>
    public AgentProgram? Find(ResourceConfig resource)
    {
        foreach (string directory in _paths.PluginDirectories)
        {
            string path = directory + "/" + resource.Type + Extension;
            string? problem = SharedObject.Problem(path, out bool exists);
            if (exists)
            {
                return problem is null ? Usable(resource, path) : AgentProgram.Unusable(path + " (shared object)", problem);
            }
        }

        return null;
    }

    private AgentProgram Usable(ResourceConfig resource, string path)
    {
        AgentProgram outside = Outside(resource.Type, path);
        if (_host is null)
        {
            return outside;
        }

        string state = StateDirectory(_paths, resource.Name);
        if ((global::Hbd.Daemon.Agents.StateDirectory.Ensure(_paths.StateDirectory) ?? MakeDirectory(state)) is { } problem)
        {
            return AgentProgram.Unusable(path + " (shared object)", resource.Name + ": " + problem);
        }

        LoadedAgent? loaded = _host.Load(resource.Type, path);
        return loaded is null ? outside : new AgentProgram(ProgramKind.Plugin, null, path, path + " (shared object)", null)
        {
            Plugin = loaded,
            Outside = outside,
            ObjectName = resource.Type,
        };
    }

    /// <summary>A file that is a program as well runs by itself: it needs nothing that loading it here would not have had.</summary>
    private AgentProgram Outside(string name, string path)
    {
        if (ElfFile.CanRun(path) && ProgramFile.Problem(path, out _) is null)
        {
            return new AgentProgram(ProgramKind.Ocf, null, path, path + " (shared object, run as a program)", null) { ObjectName = name };
        }

        List<string> before = [.. _paths.Self];
        before.RemoveAt(0);
        before.AddRange(["agent", "exec", path]);
        return new AgentProgram(ProgramKind.Ocf, null, _paths.Self[0], path + " (shared object, in a process of its own)", null)
        {
            ObjectName = name,
            Before = before,
        };
    }

    private static string? MakeDirectory(string path)
    {
        try
        {
            _ = Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return null;
        }
        catch (System.Exception e) when (e is IOException or System.UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
