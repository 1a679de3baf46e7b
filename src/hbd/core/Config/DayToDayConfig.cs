using System.Collections.Generic;

namespace Hbd.Core.Config;

/// <summary>Who may do what over the control socket: Unix groups, by name or number; null: nobody but root.</summary>
public sealed record ControlConfig
{
    public string? ViewerGroup { get; init; }

    public string? OperatorGroup { get; init; }

    public string? AdminGroup { get; init; }
}

/// <summary>A program that runs as long as the daemon does: <c>respawn</c> of ha.cf.</summary>
/// <param name="User">Name or number.</param>
/// <param name="Program">Absolute path.</param>
public sealed record RespawnConfig(string User, string Program, IReadOnlyList<string> Arguments);

/// <summary>Programs that are told of changes.</summary>
/// <param name="Directory">Absolute path; holds <c>status</c>, <c>group</c>, <c>status.d</c> and <c>group.d</c>.</param>
/// <param name="Timeout">Of one program.</param>
public sealed record HooksConfig(string Directory, Duration Timeout);
