using Hbd.Core;
using Hbd.Core.Diagnostics;

namespace Hbd.Daemon.Rehearse;

/// <summary>One line of a timeline.</summary>
/// <param name="After">Since the fault.</param>
/// <param name="Node">Who says it; -1: nobody, it happens.</param>
/// <param name="Message">Null for what happens.</param>
/// <param name="Group">Which group it is about; -1: none.</param>
internal sealed record Told(Duration After, int Node, MessageId? Message, int Group, string Text);
