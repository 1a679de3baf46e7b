namespace Hbd.Sys;

/// <summary>How a process ended.</summary>
/// <param name="Signal">The signal that ended it, or 0.</param>
/// <param name="Code">Its exit code when it ended by itself.</param>
public readonly record struct ExitStatus(int Signal, int Code);
