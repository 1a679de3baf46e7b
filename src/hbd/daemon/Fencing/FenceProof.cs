namespace Hbd.Daemon.Fencing;

/// <summary>A node was proven off: at some moment between these two, in monotonic nanoseconds, it was off.</summary>
/// <param name="BegunNs">When the command was begun that proved it.</param>
/// <param name="AnsweredNs">When it had answered.</param>
internal sealed record FenceProof(long BegunNs, long AnsweredNs, uint Request, string ById);
