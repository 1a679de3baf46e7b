using Hbd.Sys;

namespace Hbd.Plugins.Sdk;

/// <summary>A cluster address on this machine, with all that is needed to announce it and to put it back.</summary>
/// <param name="Link">The interface as it was when the address was seen on it.</param>
/// <param name="IsRouter">IPv6: this machine forwards packets on the interface, neighbours are told so.</param>
public sealed record HeldAddress(
    AddressEntry Entry, NetAddress Broadcast, InterfaceName Label, LinkInfo Link, bool IsRouter, AnnouncePlan Plan);
