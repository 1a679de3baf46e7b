using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Plugins.Agents;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>An agent on this machine.</summary>
/// <param name="Name">As hbd.toml would say it.</param>
/// <param name="Problem">Why it cannot be run; null when it can, as far as looking at it says.</param>
internal sealed record FoundAgent(string Name, string Where, string? Problem);

/// <summary>What agents there are, without running any of them.</summary>
internal static class AgentInventory
{
    public static List<FoundAgent> List(AgentPaths paths)
    {
        List<FoundAgent> found = [];
        foreach (IResourceAgent agent in BuiltInAgents.Create(packets: null))
        {
            found.Add(new FoundAgent(agent.Names[0], "built in", null));
        }

        foreach (string directory in paths.PluginDirectories)
        {
            foreach (string file in Files(directory, "*.so"))
            {
                found.Add(new FoundAgent("plugin:" + Path.GetFileNameWithoutExtension(file), file, SharedObject.Problem(file, out _)));
            }
        }

        foreach (string directory in paths.ResourceDirectories)
        {
            Add(found, "heartbeat:", directory);
        }

        Add(found, "lsb:", paths.InitDirectory);
        string ocf = paths.OcfRoot + "/resource.d";
        foreach (string provider in Directory.Exists(ocf) ? Directory.GetDirectories(ocf) : [])
        {
            Add(found, "ocf:" + Path.GetFileName(provider) + ":", provider);
        }

        AddUnits(found, paths);
        return found;
    }

    /// <summary>Services of systemd; of two files with one name the first counts, as it does for systemd.</summary>
    private static void AddUnits(List<FoundAgent> found, AgentPaths paths)
    {
        HashSet<string> seen = [];
        string? problem = ProgramFile.Problem(paths.Systemctl, out _);
        problem ??= Directory.Exists(paths.SystemdBooted) ? null : "systemd does not run on this machine";
        foreach (string directory in paths.UnitDirectories)
        {
            foreach (string file in Files(directory, "*.service"))
            {
                string name = Path.GetFileNameWithoutExtension(file);
                if (!name.EndsWith('@') && seen.Add(name))
                {
                    found.Add(new FoundAgent("systemd:" + name, file, problem));
                }
            }
        }
    }

    /// <summary>What a name without parameters stands for.</summary>
    public static AgentProgram Resolve(AgentPaths paths, AgentClass kind, string? provider, string type)
    {
        foreach (IResourceAgent agent in BuiltInAgents.Create(packets: null))
        {
            for (int i = 0; kind == AgentClass.Search && i < agent.Names.Count; i++)
            {
                if (agent.Names[i] == type)
                {
                    return new AgentProgram(ProgramKind.BuiltIn, agent, "", "built-in agent " + agent.Names[0], null);
                }
            }
        }

        Duration second = Duration.FromSeconds(1);
        return new AgentSearch(paths, [], plugins: null).Resolve(new ResourceConfig
        {
            Name = type,
            Class = kind,
            Provider = provider,
            Type = type,
            Arguments = [],
            Parameters = [],
            StartTimeout = second,
            StopTimeout = second,
            MonitorTimeout = second,
            IsAddress = false,
        });
    }

    private static void Add(List<FoundAgent> found, string prefix, string directory)
    {
        foreach (string file in Files(directory, "*"))
        {
            if (!Path.GetFileName(file).StartsWith('.'))
            {
                found.Add(new FoundAgent(prefix + Path.GetFileName(file), file, ProgramFile.Problem(file, out _)));
            }
        }
    }

    private static string[] Files(string directory, string pattern)
    {
        string[] files = Directory.Exists(directory) ? Directory.GetFiles(directory, pattern) : [];
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
