using System.Collections.Generic;
using System.IO;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Agents;

/// <summary>The program of every resource, looked up once when the configuration is taken into use.</summary>
internal sealed class AgentTable
{
    private readonly AgentProgram[][] _programs;

    /// <param name="node">This node's name, as agents are told it.</param>
    /// <param name="plugins">Loads shared objects; null: they are looked at, and would be run as programs.</param>
    public AgentTable(
        ClusterConfig config, string node, AgentPaths paths, IReadOnlyList<IResourceAgent> builtIns,
        PluginHost? plugins = null)
    {
        Node = node;
        Paths = paths;
        BuiltIns = builtIns;
        Plugins = plugins;
        Nodes = config.Nodes;
        HasShims = Directory.Exists(paths.ShimDirectory);
        AgentSearch search = new(paths, builtIns, plugins);
        List<string> problems = [];
        List<string> notices = [];
        _programs = new AgentProgram[config.Groups.Count][];
        for (int group = 0; group < _programs.Length; group++)
        {
            IReadOnlyList<ResourceConfig> resources = config.Groups[group].Resources;
            _programs[group] = new AgentProgram[resources.Count];
            for (int i = 0; i < resources.Count; i++)
            {
                AgentProgram program = search.Resolve(resources[i]);
                _programs[group][i] = program;
                if (program.Problem is not null)
                {
                    problems.Add(program.Problem);
                }

                if (program.Notice is not null)
                {
                    notices.Add(program.Notice);
                }
            }
        }

        Problems = problems;
        Notices = notices;
    }

    public string Node { get; }

    /// <summary>Both, in the order of the configuration.</summary>
    public IReadOnlyList<string> Nodes { get; }

    /// <summary>The directory of stand-ins for Pacemaker's tools is there.</summary>
    public bool HasShims { get; }

    public AgentPaths Paths { get; }

    public IReadOnlyList<IResourceAgent> BuiltIns { get; }

    public PluginHost? Plugins { get; }

    /// <summary>One sentence for each resource that cannot be run on this node.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>One sentence for each choice of a program that the configuration alone does not explain.</summary>
    public IReadOnlyList<string> Notices { get; }

    public AgentProgram Program(int group, int resource)
    {
        Check.That(group < _programs.Length, "no such group");
        Check.That(resource < _programs[group].Length, "no such resource in the group");
        return _programs[group][resource];
    }
}
