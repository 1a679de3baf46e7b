using System.Net;
using Hbd.Core.Config;
using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>
/// UDP broadcast on one interface. Sends to 255.255.255.255 through the bound device: the frame on the cable is the
/// same as for the subnet's broadcast address, but it also arrives when the two nodes disagree about the netmask, when
/// the interface was configured without a broadcast address (<c>ip addr add</c> without <c>brd</c>), or with a /31 or
/// /32 that has none; and no router ever forwards it (RFC 919).
/// <para>
/// Listens on that address, and with a second socket on the subnet's broadcast address, which is where the classic
/// heartbeat sends. Not on the wildcard: that would collide with unicast media on the same port. The kernel hands a
/// broadcast back to its sender (there is no option against it as there is for multicast): the loop drops own frames.
/// </para>
/// </summary>
internal sealed class BcastMedium : UdpMedium
{
    private readonly BcastConfig _config;
    private uint _subnetBroadcast;

    public BcastMedium(BcastConfig config, EpollSet epoll, IMediumEvents events)
        : base(config.Name, config.Interface, config.Port, epoll, events) => _config = config;

    protected override IPAddress LocalAddress => IPAddress.Broadcast;

    protected override IPAddress TargetAddress => IPAddress.Broadcast;

    protected override UdpOptions OptionsFor(in NetworkInterface nic) => Options(IPAddress.Broadcast);

    protected override UdpOptions? SecondOptionsFor(in NetworkInterface nic)
    {
        _subnetBroadcast = nic.Broadcast;
        return nic.Broadcast is 0 or uint.MaxValue ? null : Options(new IPAddress(nic.Broadcast));
    }

    protected override bool SecondIsStale(in NetworkInterface nic) => nic.Broadcast != _subnetBroadcast;

    private UdpOptions Options(IPAddress local) => new()
    {
        Local = new UdpEndpoint(local, _config.Port, 0),
        Target = new UdpEndpoint(IPAddress.Broadcast, _config.Port, 0),
        Interface = _config.Interface,
        Broadcast = true,
    };
}
