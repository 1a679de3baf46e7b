using System.Globalization;
using System.Net;
using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>
/// What an administrator reads about a medium: what is wrong, and what to do where something can be done.
/// </summary>
internal static class MediumText
{
    private const string Retry = "; trying again every second";

    public static string Opened(IPAddress target, int port) => "open, sending to " + target + " port " + Number(port);

    public static string OpenedSerial(int baud) => "open at " + Number(baud) + " baud";

    public static string Udp(in Trouble trouble, string? nic, IPAddress local, IPAddress target, int port)
    {
        switch (trouble.Kind)
        {
            case TroubleKind.NoInterface:
                return "there is no interface " + nic + "; waiting for it to appear";
            case TroubleKind.InterfaceReplaced:
                return "interface " + nic + " was removed and made anew";
            case TroubleKind.InterfaceDown:
                return "interface " + nic + " is down (ip link set " + nic + " up); waiting for it";
            case TroubleKind.NoAddress:
                return "interface " + nic + " has no IPv4 address; waiting for one";
            case TroubleKind.NoCarrier:
                return "interface " + nic + " has no carrier: check cable, switch port and the other end";
        }

        string portText = "UDP port " + Number(port);
        string what = (trouble.Call, trouble.Error.Value) switch
        {
            ("send", Errno.ENETUNREACH or Errno.EHOSTUNREACH) => "cannot send: there is no route to " + target,
            ("send", Errno.EPERM) => "cannot send to " + target + ": refused, most likely by a packet filter; allow "
                + portText,
            ("send", _) => "cannot send to " + target + ": " + trouble.Error.Text,
            ("bind", Errno.EADDRINUSE) => portText + " on " + local + " is in use by another program: find it with "
                + "'ss -ulpn sport = :" + Number(port) + "', then stop it or choose another port",
            ("bind", Errno.EADDRNOTAVAIL) => "address " + local + " is not on this node (ip addr)",
            ("bind", Errno.EACCES) => portText + " is reserved: hbd must run as root or with CAP_NET_BIND_SERVICE",
            ("SO_BINDTODEVICE", Errno.EPERM) => "binding to interface " + nic + " needs root or CAP_NET_RAW",
            _ => trouble.Call + " failed: " + trouble.Error,
        };
        return what + Retry;
    }

    public static string Serial(in Trouble trouble, string device, int baud)
    {
        if (trouble.Kind == TroubleKind.HungUp)
        {
            return device + " hung up: the adapter was unplugged or the other end of the terminal closed" + Retry;
        }

        string what = (trouble.Call, trouble.Error.Value) switch
        {
            ("open", Errno.ENOENT) => "there is no " + device,
            ("open", Errno.ENXIO or Errno.ENODEV or Errno.EIO) or ("TCGETS2", Errno.EIO) =>
                "there is no serial hardware behind " + device,
            ("open", Errno.EBUSY) => device + " is in exclusive use by another program: find it with 'fuser " + device
                + "' (often a login prompt: systemctl mask serial-getty@" + BaseName(device) + ")",
            ("open", Errno.EACCES or Errno.EPERM) => "no permission to open " + device,
            ("TCGETS2", Errno.ENOTTY) => device + " is not a serial line",
            ("speed" or "TCSETS2", Errno.EINVAL) => device + " cannot run at " + Number(baud) + " baud",
            _ => device + ": " + trouble.Call + " failed: " + trouble.Error,
        };
        return what + Retry;
    }

    private static string BaseName(string device) => device[(device.LastIndexOf('/') + 1)..];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
