using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>
/// Goal: the service manager hears what sd_notify(3) promises, and the loop never waits for it. Method: a real datagram socket.
/// </summary>
public sealed class ServiceNotifyTests : IDisposable
{
    private const long SecondNs = 1_000_000_000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), "hbd-notify-" + Guid.NewGuid().ToString("N"));
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public void Dispose()
    {
        _manager.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public void Ready_and_stopping_are_one_datagram_each()
    {
        _manager.Bind(new UnixDomainSocketEndPoint(_path));
        using ServiceNotify service = new(_path, null, null);
        service.Ready();
        Assert.StartsWith("READY=1\nSTATUS=", Received(), StringComparison.Ordinal);
        service.Stopping();
        Assert.StartsWith("STOPPING=1\nSTATUS=", Received(), StringComparison.Ordinal);
        Assert.Null(Received());
    }

    [Fact]
    public void A_name_of_the_abstract_namespace_is_reached()
    {
        string name = "hbd-notify-" + Guid.NewGuid().ToString("N");
        _manager.Bind(new UnixDomainSocketEndPoint("\0" + name));
        using ServiceNotify service = new("@" + name, null, null);
        service.Ready();
        Assert.NotNull(Received());
    }

    [Fact]
    public void The_longest_name_is_reached()
    {
        string name = new('n', 107);
        _manager.Bind(new UnixDomainSocketEndPoint("\0" + name));
        using ServiceNotify service = new("@" + name, null, null);
        service.Ready();
        Assert.NotNull(Received());
    }

    /// <summary>Fed each second, the watchdog hears of the loop before half of its time is over, and not more often.</summary>
    [Theory]
    [InlineData(3, 9)]
    [InlineData(5, 5)]
    [InlineData(10, 2)]
    [InlineData(60, 1)]
    public void The_watchdog_is_fed_within_half_of_its_time(int watchdogSeconds, int fed)
    {
        _manager.Bind(new UnixDomainSocketEndPoint(_path));
        using ServiceNotify service = new(_path, Usec(watchdogSeconds), null);
        Assert.Equal(watchdogSeconds * SecondNs, service.WatchdogNs);
        int count = 0;
        for (int second = 100; second < 109; second++)
        {
            service.Feed(second * SecondNs, SecondNs);
            count += Received() == "WATCHDOG=1" ? 1 : 0;
        }

        Assert.Equal(fed, count);
    }

    [Fact]
    public void A_watchdog_of_another_process_and_none_at_all_are_not_fed()
    {
        _manager.Bind(new UnixDomainSocketEndPoint(_path));
        using ServiceNotify parents = new(_path, Usec(3), "1");
        using ServiceNotify none = new(_path, null, null);
        using ServiceNotify wrong = new(_path, "soon", null);
        foreach (ServiceNotify service in new[] { parents, none, wrong })
        {
            Assert.Equal(0, service.WatchdogNs);
            service.Feed(100 * SecondNs, SecondNs);
        }

        Assert.Null(Received());
        using ServiceNotify own = new(_path, Usec(3), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        own.Feed(100 * SecondNs, SecondNs);
        Assert.Equal("WATCHDOG=1", Received());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/nowhere/at/all")]
    public void Without_a_manager_nothing_happens(string? socket)
    {
        using ServiceNotify service = new(socket, Usec(3), null);
        service.Ready();
        service.Feed(100 * SecondNs, SecondNs);
        service.Stopping();
    }

    [Fact]
    public void A_name_that_is_too_long_is_no_manager()
    {
        using ServiceNotify service = new("/" + new string('n', 200), Usec(3), null);
        service.Ready();
    }

    /// <summary>A manager that does not read fills its queue; the loop goes on and makes no garbage.</summary>
    [Fact]
    public void A_manager_that_does_not_read_stops_nobody()
    {
        _manager.Bind(new UnixDomainSocketEndPoint(_path));
        using ServiceNotify service = new(_path, Usec(3), null);
        service.Feed(0, 2 * SecondNs);
        int second = 2;
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 1_000; i++, second += 2)
            {
                service.Feed(second * SecondNs, SecondNs);
            }
        }));
    }

    private static string Usec(int seconds) => (seconds * 1_000_000L).ToString(CultureInfo.InvariantCulture);

    private string? Received()
    {
        if (!_manager.Poll(0, SelectMode.SelectRead))
        {
            return null;
        }

        byte[] buffer = new byte[4_096];
        return Encoding.UTF8.GetString(buffer, 0, _manager.Receive(buffer));
    }
}
