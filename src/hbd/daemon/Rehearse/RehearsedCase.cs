using System;

namespace Hbd.Daemon.Rehearse;

/// <summary>One thing that happens to a pair on which all is well.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Beat">Number of the node just after whose heartbeat it happens: a silence is found latest then.</param>
/// <param name="Strike">Does it.</param>
/// <param name="Group">The group whose service dies: its monitors are waited for; -1: none, -2: any.</param>
internal sealed record RehearsedCase(string Name, int Beat, Action<Stage> Strike, int Group = RehearsedCase.NoGroup)
{
    public const int NoGroup = -1;
    public const int AnyGroup = -2;
}
