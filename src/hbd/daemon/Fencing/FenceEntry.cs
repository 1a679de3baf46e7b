using System;

namespace Hbd.Daemon.Fencing;

/// <summary>One line of the history.</summary>
/// <param name="Device">Empty: the request as a whole.</param>
/// <param name="Request">Number of the request; 0 for tests.</param>
internal sealed record FenceEntry(
    DateTimeOffset At, string Node, string What, string Device, string Result, string Text, string By, uint Request, double DurationMs);
