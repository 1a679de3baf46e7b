namespace Hbd.Sys;

/// <summary>How a UDP socket is to be: one address to listen on, one to send to.</summary>
public readonly record struct UdpOptions
{
    /// <summary>What the socket listens on: own address, group, or a broadcast address.</summary>
    public required UdpEndpoint Local { get; init; }

    /// <summary>Where every frame goes.</summary>
    public required UdpEndpoint Target { get; init; }

    /// <summary>SO_BINDTODEVICE, or null: the routing table decides.</summary>
    public required string? Interface { get; init; }

    /// <summary>Index of <see cref="Interface"/>; needed to join a group.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>SO_BROADCAST.</summary>
    public bool Broadcast { get; init; }

    /// <summary>
    /// 0: no multicast; otherwise <see cref="Local"/> is a group to join and this is its TTL or hop limit.
    /// </summary>
    public int MulticastTtl { get; init; }
}
