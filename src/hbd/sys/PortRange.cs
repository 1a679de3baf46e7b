namespace Hbd.Sys;

/// <summary>Ports of TCP or UDP, both ends included.</summary>
public readonly record struct PortRange(ushort First, ushort Last);
