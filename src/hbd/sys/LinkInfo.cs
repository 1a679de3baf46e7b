namespace Hbd.Sys;

/// <summary>What rtnetlink says about one interface.</summary>
/// <param name="Index">0: no such interface.</param>
/// <param name="Type">ARPHRD_…: 1 is Ethernet.</param>
/// <param name="Flags">IFF_…</param>
/// <param name="Mac">Six bytes in the upper part of the word, network order; 0 when the address is not six bytes
/// long.</param>
public readonly record struct LinkInfo(int Index, InterfaceName Name, ushort Type, uint Flags, ulong Mac)
{
    /// <summary>Administratively up.</summary>
    public bool IsUp => (Flags & Libc.IFF_UP) != 0;

    /// <summary>Up, and the kernel believes that frames can pass (carrier).</summary>
    public bool IsRunning => (Flags & (Libc.IFF_UP | Libc.IFF_RUNNING)) == (Libc.IFF_UP | Libc.IFF_RUNNING);

    /// <summary>Ethernet with neighbours to tell: not lo, ppp, tun, nor an interface with ARP switched off.</summary>
    public bool HasNeighbours => Type == Libc.ARPHRD_ETHER && (Flags & Libc.IFF_NOARP) == 0 && Mac != 0;
}
