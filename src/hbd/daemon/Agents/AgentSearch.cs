using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Daemon.Agents;

/// <summary>
/// Finds the program behind the name of an agent. Without a class the first hit counts: built-in, shared object, resource.d,
/// init.d, units of systemd.
/// A file that is there but must not be run ends the search: skipping it would run something else under its name.
/// </summary>
internal sealed class AgentSearch
{
    private readonly AgentPaths _paths;
    private readonly IReadOnlyList<IResourceAgent> _builtIns;
    private readonly PluginSearch _plugins;

    /// <param name="plugins">Loads shared objects; null: they are only looked at.</param>
    public AgentSearch(AgentPaths paths, IReadOnlyList<IResourceAgent> builtIns, PluginHost? plugins = null)
    {
        _paths = paths;
        _builtIns = builtIns;
        _plugins = new PluginSearch(paths, plugins);
    }

    public AgentProgram Resolve(ResourceConfig resource)
    {
        if (!IsFileName(resource.Type) || (resource.Provider is { } provider && !IsFileName(provider)))
        {
            return AgentProgram.Unusable("not looked for", "\"" + resource.Type + "\" is not the name of an agent");
        }

        if (HasZero(resource))
        {
            return AgentProgram.Unusable("not looked for", resource.Name + ": a parameter contains a zero byte");
        }

        return resource.Class switch
        {
            AgentClass.Search => Search(resource),
            AgentClass.Ocf => Ocf(resource),
            AgentClass.Heartbeat => InResourceDirectories(resource, "") ?? Nowhere(
                resource, "in " + string.Join(", ", _paths.ResourceDirectories)),
            AgentClass.Lsb => InInitDirectory(resource, "") ?? Nowhere(resource, "in " + _paths.InitDirectory),
            AgentClass.Systemd => Unit(resource, "") ?? Nowhere(resource, "(" + SystemdUnit.NameOf(resource.Type)
                + ") among the units of systemd, see systemd.unit(5)"),
            AgentClass.Service => Service(resource),
            _ => _plugins.Find(resource) ?? Nowhere(
                resource, "in " + string.Join(", ", _paths.PluginDirectories) + " (" + resource.Type + ".so)"),
        };
    }

    private AgentProgram Search(ResourceConfig resource)
    {
        if (BuiltIn(resource) is { } builtIn)
        {
            return builtIn;
        }

        if (_plugins.Find(resource) is { } plugin)
        {
            return plugin;
        }

        return InResourceDirectories(resource, "no built-in agent or shared object of this name")
            ?? InInitDirectory(
                resource, "no built-in agent or shared object of this name, not in " + string.Join(", ", _paths.ResourceDirectories))
            ?? BootedUnit(resource, "no agent and no init script of this name")
            ?? Nowhere(
                resource,
                "among the built-in agents, in " + string.Join(", ", _paths.PluginDirectories) + ", "
                    + string.Join(", ", _paths.ResourceDirectories) + ", " + _paths.InitDirectory + " or the units of systemd"
                    + " (an OCF agent is written ocf:heartbeat:" + resource.Type + ")");
    }

    private AgentProgram? BuiltIn(ResourceConfig resource)
    {
        for (int i = 0; i < _builtIns.Count; i++)
        {
            IResourceAgent agent = _builtIns[i];
            for (int k = 0; k < agent.Names.Count; k++)
            {
                if (string.Equals(agent.Names[k], resource.Type, StringComparison.Ordinal))
                {
                    AgentRequest request = new(
                        AgentAction.ValidateAll, resource.Name, resource.Arguments, resource.Parameters, long.MaxValue);
                    string why = "built-in agent " + agent.Names[0];
                    if (agent.Elsewhere(request) is { } reason)
                    {
                        return Elsewhere(resource, why + " does not do this: " + reason);
                    }

                    return agent.Validate(request) is { } problem
                        ? AgentProgram.Unusable(why, resource.Name + ": " + problem)
                        : new AgentProgram(ProgramKind.BuiltIn, agent, "", why, null);
                }
            }
        }

        return null;
    }

    /// <summary>The program that answered to the name before there was a built-in agent: existing configurations go on.</summary>
    private AgentProgram Elsewhere(ResourceConfig resource, string reason)
    {
        AgentProgram? program = resource.Parameters.Count == 0 ? InResourceDirectories(resource, reason) : null;
        program ??= resource.Arguments.Count == 0 ? Ocf(resource) : null;
        return program?.Problem is null && program is not null
            ? program with { Notice = resource.Name + ": " + reason + "; " + program.Path + " does it" }
            : AgentProgram.Unusable(
                "built-in agent", resource.Name + ": " + reason + "; write ocf:heartbeat:" + resource.Type + " with named parameters"
                    + (program is null ? "" : " (" + program.Problem + ")"));
    }

    private AgentProgram Ocf(ResourceConfig resource)
    {
        string path = _paths.OcfRoot + "/resource.d/" + (resource.Provider ?? "heartbeat") + "/" + resource.Type;
        if (resource.Arguments.Count > 0)
        {
            return AgentProgram.Unusable(
                path,
                resource.Name + ": an OCF agent takes named parameters, not positional arguments; write params = { name = \""
                    + resource.Arguments[0] + "\" }");
        }

        return Found(path, ProgramKind.Ocf, "OCF agent", "") ?? AgentProgram.Unusable("class ocf", "no agent " + path);
    }

    private AgentProgram? InResourceDirectories(ResourceConfig resource, string before)
    {
        for (int i = 0; i < _paths.ResourceDirectories.Count; i++)
        {
            string path = _paths.ResourceDirectories[i] + "/" + resource.Type;
            if (Found(path, ProgramKind.Heartbeat, "heartbeat resource.d", before) is { } program)
            {
                return WithoutNames(resource, program);
            }
        }

        return null;
    }

    private AgentProgram? InInitDirectory(ResourceConfig resource, string before)
    {
        AgentProgram? program = Found(_paths.InitDirectory + "/" + resource.Type, ProgramKind.Lsb, "init script", before);
        return program is null ? null : WithoutNames(resource, program);
    }

    /// <summary>As Pacemaker's class of this name, the other way round: a unit where systemd runs, or else the init script.</summary>
    private AgentProgram Service(ResourceConfig resource)
        => BootedUnit(resource, "")
            ?? InInitDirectory(resource, "no unit " + SystemdUnit.NameOf(resource.Type) + ", or no systemd that runs")
            ?? Nowhere(resource, "among the units of a systemd that runs or in " + _paths.InitDirectory);

    private AgentProgram? BootedUnit(ResourceConfig resource, string before)
        => Directory.Exists(_paths.SystemdBooted) ? Unit(resource, before) : null;

    private AgentProgram? Unit(ResourceConfig resource, string before)
    {
        string unit = SystemdUnit.NameOf(resource.Type);
        if (SystemdUnit.Find(_paths.UnitDirectories, unit) is not { } file)
        {
            return null;
        }

        AgentProgram? program = Found(_paths.Systemctl, ProgramKind.Systemd, "systemd unit " + file, before);
        if (program is null)
        {
            return AgentProgram.Unusable(file, "the unit " + file + " is there, but " + _paths.Systemctl + " is not");
        }

        if (resource.Arguments.Count > 0 || resource.Parameters.Count > 0)
        {
            return AgentProgram.Unusable(file, resource.Name + ": a systemd unit takes neither arguments nor parameters");
        }

        return program.Problem is null ? program with { Unit = unit } : program;
    }

    private static AgentProgram? Found(string path, ProgramKind kind, string what, string before)
    {
        string why = before.Length == 0 ? path + " (" + what + ")" : path + " (" + what + "; " + before + ")";
        string? problem = ProgramFile.Problem(path, out bool exists);
        if (!exists)
        {
            return null;
        }

        return problem is null ? new AgentProgram(kind, null, path, why, null) : AgentProgram.Unusable(why, problem);
    }

    private static AgentProgram WithoutNames(ResourceConfig resource, AgentProgram program)
        => resource.Parameters.Count == 0 || program.Problem is not null
            ? program
            : AgentProgram.Unusable(
                program.Why,
                resource.Name + ": the script " + program.Path + " takes positional arguments (" + resource.Type
                    + "::value), not the parameter \"" + resource.Parameters[0].Key + "\"; an OCF agent would be written"
                    + " ocf:heartbeat:" + resource.Type);

    private static AgentProgram Nowhere(ResourceConfig resource, string where)
        => AgentProgram.Unusable("not found", "no agent \"" + resource.Type + "\" " + where);

    /// <summary>A program would see its argument end there.</summary>
    private static bool HasZero(ResourceConfig resource)
    {
        bool found = false;
        for (int i = 0; i < resource.Arguments.Count; i++)
        {
            found |= resource.Arguments[i].Contains('\0', StringComparison.Ordinal);
        }

        for (int i = 0; i < resource.Parameters.Count; i++)
        {
            found |= resource.Parameters[i].Key.Contains('\0', StringComparison.Ordinal)
                || resource.Parameters[i].Value.Contains('\0', StringComparison.Ordinal);
        }

        return found;
    }

    private static bool IsFileName(string text)
        => text.Length is > 0 and <= 255 && text[0] != '.' && text.IndexOfAny(['/', '\0']) < 0;
}
