using System.Net;
using System.Net.Sockets;
using Hbd.Core.Config;
using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>
/// UDP multicast, v4 or v6, on one interface. Binds to the group and not to the wildcard: other traffic of the port
/// stays out, and unicast media may share the port.
/// </summary>
internal sealed class McastMedium : UdpMedium
{
    private readonly McastConfig _config;

    public McastMedium(McastConfig config, EpollSet epoll, IMediumEvents events)
        : base(config.Name, config.Interface, config.Port, epoll, events) => _config = config;

    protected override IPAddress LocalAddress => _config.Group;

    protected override IPAddress TargetAddress => _config.Group;

    /// <summary>
    /// Without an IPv4 address frames would leave from 0.0.0.0, which receivers drop (RFC 1122, 3.2.1.3).
    /// </summary>
    protected override Trouble Needs(in NetworkInterface nic) =>
        _config.Group.AddressFamily == AddressFamily.InterNetwork && nic.Address == 0
            ? new Trouble(TroubleKind.NoAddress)
            : Trouble.None;

    protected override UdpOptions OptionsFor(in NetworkInterface nic)
    {
        UdpEndpoint group = new(_config.Group, _config.Port, nic.Index);
        return new UdpOptions
        {
            Local = group,
            Target = group,
            Interface = _config.Interface,
            InterfaceIndex = nic.Index,
            MulticastTtl = _config.Ttl,
        };
    }
}
