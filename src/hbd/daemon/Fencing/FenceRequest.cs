namespace Hbd.Daemon.Fencing;

/// <summary>Somebody wants something done to a node.</summary>
/// <param name="ById">Who asked, for the history: <c>hbd</c>, or a user.</param>
/// <param name="Delayed">The delays that decide a race apply. Not when a person asks.</param>
internal sealed record FenceRequest(
    int Node, FenceAction Action, bool PeerHoldsResources, uint Id, string ById, bool Delayed, long BegunNs);
