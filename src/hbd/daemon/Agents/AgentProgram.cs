using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Agents;

/// <summary>What a resource's agent turned out to be.</summary>
/// <param name="Agent">For <see cref="ProgramKind.BuiltIn"/>.</param>
/// <param name="Path">Of the program; empty for built-in agents.</param>
/// <param name="Why">Where it was found, and what was looked at before: for <c>hbctl agents which</c>.</param>
/// <param name="Problem">Why it cannot be run; null when it can.</param>
internal sealed record AgentProgram(ProgramKind Kind, IResourceAgent? Agent, string Path, string Why, string? Problem)
{
    public static AgentProgram Unusable(string why, string problem) => new(ProgramKind.None, null, "", why, problem);
}
