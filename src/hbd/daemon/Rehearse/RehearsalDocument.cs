using System.Collections.Generic;

namespace Hbd.Daemon.Rehearse;

/// <summary>What <c>hbctl rehearse --json</c> prints. Times are milliseconds since the fault.</summary>
/// <param name="Unsafe">A group that requires a proof was owned by both nodes: a bug in hbd.</param>
internal sealed record RehearsalDocument(bool Unsafe, IReadOnlyList<RehearsedCaseStatus> Cases);

internal sealed record RehearsedCaseStatus(string Name, IReadOnlyList<RehearsedGroupStatus> Groups, IReadOnlyList<RehearsedLine> Timeline);

/// <param name="RunsOn">Names of the nodes that own it in the end: one, none or both.</param>
/// <param name="OutageMs">Time in which nobody served it; null: it stays down.</param>
/// <param name="BothMs">Time in which both nodes owned it.</param>
/// <param name="Rule">Number of the message that decided; null: nothing was decided.</param>
internal sealed record RehearsedGroupStatus(string Group, IReadOnlyList<string> RunsOn, double? OutageMs, double BothMs, int? Rule, string RuleText);

/// <param name="Node">Who says it; null: it happens.</param>
internal sealed record RehearsedLine(double Ms, string? Node, int? Message, string Text);
