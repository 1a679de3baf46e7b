using System;
using System.IO;
using Hbd.Agents.Tests.Plugins;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Needs root (namespaces, raw sockets) and possibly files of packages; otherwise skipped, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    private static readonly string[] s_directories = ["/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"];

    /// <param name="programs">What has to be there: absolute paths, in which <c>/*/</c> stands for any directory; paths below the top
    /// of the tree; names of programs.</param>
    public RootFactAttribute(params string[] programs)
    {
        if (TestLibc.geteuid() != 0)
        {
            Skip = "needs root";
            return;
        }

        foreach (string program in programs)
        {
            bool found = program.Contains('/', StringComparison.Ordinal)
                ? IsThere(program)
                : Array.Exists(s_directories, d => File.Exists(d + program));
            if (!found)
            {
                Skip = "needs " + program;
            }
        }
    }

    private static bool IsThere(string path)
    {
        int any = path.IndexOf("/*/", StringComparison.Ordinal);
        return any < 0
            ? File.Exists(Path.Combine(PluginDirectory.Top, path))
            : Directory.Exists(path[..any]) && Array.Exists(Directory.GetDirectories(path[..any]), d => File.Exists(d + path[(any + 2)..]));
    }
}
