namespace Hbd.Sys;

/// <summary>The route that a packet to an address would take.</summary>
/// <param name="Index">Outgoing interface; 0 for none.</param>
/// <param name="Prefix">Length of the prefix of the matching route, not of the address asked for.</param>
/// <param name="HasGateway">True: the address is behind a router, not on a subnet of this machine.</param>
/// <param name="IsLocal">True: the address is this machine's own.</param>
public readonly record struct RouteInfo(int Index, int Prefix, bool HasGateway, bool IsLocal)
{
    /// <summary>The address would be a neighbour: a route with a prefix and without a gateway leads to it.</summary>
    public bool IsConnected => Index != 0 && Prefix != 0 && !HasGateway && !IsLocal;
}
