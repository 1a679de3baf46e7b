using Hbd.Plugins.Sdk;

namespace Hbd.Daemon.Fencing;

/// <summary>Told what came of a command to a device. On the loop thread, never from inside <c>Begin</c>.</summary>
internal interface IStonithEvents
{
    void OnOperationDone(int device, StonithOperation operation, StonithOutcome outcome, string text, long nowNs);

    /// <summary>What had to be remembered is on the disk, or why it is not.</summary>
    void OnStateWritten(string? problem);
}
