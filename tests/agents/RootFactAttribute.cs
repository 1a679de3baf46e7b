using System;
using System.IO;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Needs root (namespaces, raw sockets) and possibly files of packages; otherwise skipped, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    private static readonly string[] s_directories = ["/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"];

    /// <param name="programs">What has to be there: paths, or names of programs.</param>
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
                ? File.Exists(program)
                : Array.Exists(s_directories, d => File.Exists(d + program));
            if (!found)
            {
                Skip = "needs " + program;
            }
        }
    }
}
