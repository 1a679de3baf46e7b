using System;
using System.Globalization;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// Tells the service manager how the daemon is (sd_notify(3)): one datagram each to the socket in $NOTIFY_SOCKET, without
/// waiting and without allocation. Without that variable nothing is sent. A datagram that cannot be taken now is lost:
/// the manager then waits longer, or starts the daemon anew, and both are harmless.
/// </summary>
public sealed unsafe class ServiceNotify : IDisposable
{
    private const int FamilyBytes = sizeof(ushort);

    private readonly Fd _fd = new(-1);
    private readonly byte[] _address = [];
    private readonly long _feedNs = long.MaxValue;
    private long _fedNs;

    /// <param name="socket">$NOTIFY_SOCKET: a path, or @ and a name of the abstract namespace.</param>
    /// <param name="watchdogUsec">$WATCHDOG_USEC: within this time the manager wants to hear of the loop.</param>
    /// <param name="watchdogPid">$WATCHDOG_PID: the process it is meant for; null is every one.</param>
    public ServiceNotify(string? socket, string? watchdogUsec, string? watchdogPid)
    {
        if (socket is not { Length: > 1 } || (socket[0] != '/' && socket[0] != '@')
            || Encoding.UTF8.GetByteCount(socket) > Libc.UNIX_PATH_MAX)
        {
            return;
        }

        // Not connected: the manager may make its socket anew.
        _fd = new Fd(Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0));
        _address = new byte[FamilyBytes + Encoding.UTF8.GetByteCount(socket)];
        _ = BitConverter.TryWriteBytes(_address, (ushort)Libc.AF_UNIX);
        _ = Encoding.UTF8.GetBytes(socket, _address.AsSpan(FamilyBytes));
        if (socket[0] == '@')
        {
            _address[FamilyBytes] = 0;
        }

        bool mine = string.IsNullOrEmpty(watchdogPid)
            || watchdogPid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (mine && long.TryParse(watchdogUsec, NumberStyles.None, CultureInfo.InvariantCulture, out long usec) && usec > 0)
        {
            WatchdogNs = Math.Min(usec, long.MaxValue / 1_000) * 1_000;
            _feedNs = WatchdogNs / 2;
        }
    }

    /// <summary>How long the manager waits for the loop; 0: it does not.</summary>
    public long WatchdogNs { get; }

    /// <summary>A service manager has started this daemon and listens.</summary>
    public bool HasManager => _fd.IsOpen;

    public static ServiceNotify FromEnvironment() => new(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
        Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
        Environment.GetEnvironmentVariable("WATCHDOG_PID"));

    /// <summary>Commands are answered and heartbeats sent; groups may start much later.</summary>
    public void Ready() => Send("READY=1\nSTATUS=Running; \"hbctl status\" tells more"u8);

    public void Stopping() => Send("STOPPING=1\nSTATUS=Handing over and stopping every group"u8);

    /// <summary>For the loop alone, every so often: feeds the watchdog at the last call before half of its time is over.</summary>
    public void Feed(long nowNs, long untilNextNs)
    {
        if (nowNs - _fedNs + untilNextNs > _feedNs)
        {
            _fedNs = nowNs;
            Send("WATCHDOG=1"u8);
        }
    }

    public void Dispose() => _fd.Dispose();

    private void Send(ReadOnlySpan<byte> state)
    {
        if (_fd.IsOpen)
        {
            fixed (byte* text = state, address = _address)
            {
                _ = Libc.sendto(_fd.Value, text, (nuint)state.Length, Libc.MSG_NOSIGNAL, address, (uint)_address.Length);
            }
        }
    }
}
