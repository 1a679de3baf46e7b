namespace Hbd.Daemon.Fencing;

/// <summary>A device that may have switched a node off and is to switch it on again.</summary>
/// <param name="Due">From when on, 0: at once. By the monotonic clock in the daemon, in milliseconds of the wall clock in its file.</param>
internal sealed record FenceDebt(string Device, long Due);
