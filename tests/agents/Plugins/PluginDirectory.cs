using System;
using System.IO;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Agents.Plugins;

namespace Hbd.Agents.Tests.Plugins;

/// <summary>A directory with shared objects that gcc has just made, and the host that loads them.</summary>
internal sealed class PluginDirectory : IDisposable
{
    public const string Hbd = "artifacts/bin/hbd";

    private PluginHost? _host;

    public static string Top { get; } = FindTop();

    /// <summary>Everything; 0700.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("hbd-plugins-").FullName;

    public PluginHost Host => _host ??= new PluginHost(Root);

    public AgentPaths Paths => new()
    {
        PluginDirectories = [Root],
        ResourceDirectories = [Root + "/none"],
        InitDirectory = Root + "/none",
        StateDirectory = Root + "/run",
        Self = [Top + "/" + Hbd],
    };

    /// <summary>Compiles NAME.so.</summary>
    public string Compile(string name, string source = "tests/agents/Plugins/hostile.c", string options = "-shared")
    {
        string path = Root + "/" + name + ".so";
        Sandbox.Must(
            "gcc -std=gnu11 -Wall -Wextra -Werror -fPIC -O1 -I" + Top + "/src/plugins/include " + options + " -o " + path + " "
            + Path.Combine(Top, source));
        return path;
    }

    public static ResourceConfig Resource(string type, params (string Key, string Value)[] parameters)
        => Configs.Resource(AgentClass.Plugin, type, null, parameters, null, type + "/" + parameters.Length);

    public TestLoop Loop(params ResourceConfig[] resources)
        => new(Configs.Of(resources.Select((r, i) => r with { Name = "r" + i + "/x" }).ToArray()), Paths, null, Host);

    /// <summary>The next life of the daemon.</summary>
    public void Restart()
    {
        _host?.Dispose();
        _host = null;
    }

    public void Dispose()
    {
        _host?.Dispose();
        Directory.Delete(Root, true);
    }

    private static string FindTop()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(at + "/hbd.slnx"))
        {
            at = Path.GetDirectoryName(at);
        }

        return at ?? "/";
    }
}
