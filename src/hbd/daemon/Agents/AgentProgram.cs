using System.Collections.Generic;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Agents;

/// <summary>What a resource's agent turned out to be.</summary>
/// <param name="Agent">For <see cref="ProgramKind.BuiltIn"/>.</param>
/// <param name="Path">Of the program; empty for built-in agents.</param>
/// <param name="Why">Where it was found, and what was looked at before: for <c>hbctl agents which</c>.</param>
/// <param name="Problem">Why it cannot be run; null when it can.</param>
internal sealed record AgentProgram(ProgramKind Kind, IResourceAgent? Agent, string Path, string Why, string? Problem)
{
    /// <summary>For <see cref="ProgramKind.Plugin"/>.</summary>
    public LoadedAgent? Plugin { get; init; }

    /// <summary>The same agent as a program, for when <see cref="Plugin"/> must not run in here.</summary>
    public AgentProgram? Outside { get; init; }

    /// <summary>Its name when it is a shared object, however it is run; otherwise null. Such a program takes positional
    /// arguments too, behind the action.</summary>
    public string? ObjectName { get; init; }

    /// <summary>For <see cref="ProgramKind.Systemd"/>: with its suffix.</summary>
    public string? Unit { get; init; }

    /// <summary>Arguments before the action: hbd's own for a shared object that it runs in another process.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary>What the log should say about the choice; null: nothing.</summary>
    public string? Notice { get; init; }

    public static AgentProgram Unusable(string why, string problem) => new(ProgramKind.None, null, "", why, problem);
}
