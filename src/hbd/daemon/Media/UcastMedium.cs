using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Hbd.Core.Config;
using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>
/// UDP to the peer's address, from and on this node's own. Who sends is not checked here: frames are authenticated, and
/// addresses are not proof of anything.
/// </summary>
internal sealed class UcastMedium : UdpMedium
{
    private readonly UcastConfig _config;
    private readonly IPAddress _own;
    private readonly IPAddress _peer;

    /// <summary>In network byte order, as the kernel tells it; 0: IPv6.</summary>
    private readonly uint _ownV4;

    public UcastMedium(UcastConfig config, int ownNode, EpollSet epoll, IMediumEvents events)
        : base(config.Name, config.Interface, config.Port, epoll, events)
    {
        _config = config;
        _own = config.Addresses[ownNode];
        _peer = config.Addresses[1 - ownNode];
        _ownV4 = _own.AddressFamily == AddressFamily.InterNetwork ? MemoryMarshal.Read<uint>(_own.GetAddressBytes()) : 0;
    }

    protected override IPAddress LocalAddress => _own;

    protected override IPAddress TargetAddress => _peer;

    /// <summary>
    /// The own address may be taken away under the bound socket. IPv4 then fails to send (EINVAL, since Linux 6.x
    /// ENETUNREACH), IPv6 goes on sending from an address it no longer has: so ask, and do not wait for an error. When it is the interface's first
    /// one, that has been said already.
    /// </summary>
    protected override Trouble Needs(in NetworkInterface nic)
    {
        if (_ownV4 != 0 && nic.Address == _ownV4)
        {
            return Trouble.None;
        }

        Errno error = UdpSocket.AskLocal(new UdpEndpoint(_own, 0, nic.Index));
        return error.IsError ? Trouble.Of("bind", error) : Trouble.None;
    }

    protected override UdpOptions OptionsFor(in NetworkInterface nic) => new()
    {
        Local = new UdpEndpoint(_own, _config.Port, nic.Index),
        Target = new UdpEndpoint(_peer, _config.Port, nic.Index),
        Interface = _config.Interface,
    };
}
