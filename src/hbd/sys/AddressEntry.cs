namespace Hbd.Sys;

/// <summary>One address on one interface.</summary>
/// <param name="Index">Number of the interface.</param>
public readonly record struct AddressEntry(int Index, NetAddress Address, int Prefix);
