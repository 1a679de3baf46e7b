using System;
using System.IO;
using Xunit;

namespace Hbd.Agents.Tests.Plugins;

/// <summary>Needs root (what is loaded has to be root's), gcc, the native binary and possibly more; otherwise skipped, by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PluginFactAttribute : FactAttribute
{
    /// <param name="files">What has to be there: absolute paths, or below the top of the tree.</param>
    public PluginFactAttribute(params string[] files)
    {
        string[] all = ["/usr/bin/gcc", PluginDirectory.Hbd, .. files];
        string? missing = Array.Find(all, f => !File.Exists(Path.Combine(PluginDirectory.Top, f)));
        Skip = TestLibc.geteuid() != 0 ? "needs root"
            : missing is not null ? "needs " + missing + (missing.StartsWith('/') ? "" : " (make build plugins)") : null;
    }
}
