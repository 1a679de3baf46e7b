namespace Hbd.Plugins.Sdk;

/// <summary>How often an address is announced.</summary>
/// <param name="Count">Rounds after a start, the first of them at once. 0: never announce.</param>
/// <param name="IntervalNs">Between these rounds.</param>
/// <param name="RefreshNs">
/// Between single rounds for as long as the address is held; 0: none. Neighbours that missed the first ones, or were
/// told otherwise by a node that was frozen, learn better within this time instead of the hours of an ARP cache.
/// </param>
public readonly record struct AnnouncePlan(int Count, long IntervalNs, long RefreshNs);
