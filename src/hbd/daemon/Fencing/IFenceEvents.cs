namespace Hbd.Daemon.Fencing;

/// <summary>What the fence executor has to say. On the loop thread, never from inside <c>Begin</c>.</summary>
internal interface IFenceEvents
{
    /// <summary>Exactly once per request that was begun and not cancelled.</summary>
    void OnFenceFinished(uint requestId, FenceResult result, string text, long durationNs);

    /// <summary>A step on the way, for the log.</summary>
    void OnFenceNote(int node, string text);

    /// <summary>This node was let in again by its devices, or not; exactly once per request.</summary>
    /// <param name="text">Which devices, or why not; empty: none wanted it.</param>
    void OnUnfenced(uint requestId, bool ok, string text);

    /// <summary>A self-test has ended.</summary>
    void OnDeviceTested(FenceDevice device, bool ok, string text);
}
