using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Threading;
using Hbd.Sys;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>Against the real kernel, in two namespaces with a cable between; nft(8) and ping(8) are the second opinion.</summary>
public sealed class AddressGateTests : IDisposable
{
    private const string Table = "hbd_test";

    private static readonly NetAddress[] s_addresses =
        [NetAddress.From(IPAddress.Parse("10.0.0.100")), NetAddress.From(IPAddress.Parse("fd00::100"))];

    private readonly NetNamespace _node = new();
    private readonly NetNamespace _client = new();
    private readonly AddressGate _gate;

    public AddressGateTests()
    {
        _node.Cable(_client, "10.0.0.1/24", "10.0.0.2/24");
        _node.Ip("addr add 10.0.0.100/24 dev eth0");
        _node.Ip("addr add fd00::1/64 dev eth0 nodad");
        _node.Ip("addr add fd00::100/64 dev eth0 nodad");
        _client.Ip("addr add fd00::2/64 dev eth0 nodad");
        _gate = _node.Get(() => AddressGate.Open(Table, out _))!;
    }

    private static long Deadline => MonotonicClock.NowNs() + 1_000_000_000;

    public void Dispose()
    {
        _gate.Dispose();
        _node.Dispose();
        _client.Dispose();
    }

    [RootFact]
    public void What_is_guarded_and_not_served_is_silent()
    {
        Ok(_gate.Install(Deadline));
        AssertAnswers(true);
        Ok(_gate.Guard(s_addresses, Deadline));
        AssertAnswers(false);
        Assert.True(Arp("10.0.0.1") && Ping("10.0.0.1") && Ping("fd00::1"), "the other addresses answer");
        Assert.True(Ping("10.0.0.100", _node) && Ping("fd00::100", _node), "the machine itself reaches them");
        Ok(Serve(60_000));
        AssertAnswers(true);
        Ok(_gate.Silence(s_addresses, Deadline));
        AssertAnswers(false);
        Ok(_gate.Unguard(s_addresses, Deadline));
        AssertAnswers(true);
        Assert.DoesNotContain("elements", Rules(), StringComparison.Ordinal);
        Ok(_gate.Remove(Deadline));
        Assert.DoesNotContain(Table, Rules(), StringComparison.Ordinal);
        Ok(_gate.Remove(Deadline));
        Ok(_gate.Unguard(s_addresses, Deadline), Errno.ENOENT);
    }

    [RootFact]
    public void A_time_is_renewed_in_place_and_runs_out_by_itself()
    {
        Ok(_gate.Install(Deadline));
        Ok(_gate.Guard(s_addresses, Deadline));
        for (int i = 0; i < 6; i++)
        {
            Ok(Serve(400));
            Assert.True(Arp("10.0.0.100"), "renewed and silent");
            Thread.Sleep(150);
        }

        // Shorter is possible too: what counts is the last word.
        Ok(Serve(60_000));
        Ok(Serve(300));
        Stopwatch watch = Stopwatch.StartNew();
        while (Arp("10.0.0.100"))
        {
            Assert.True(watch.ElapsedMilliseconds < 1_000, "it goes on and on");
        }

        Assert.InRange(watch.ElapsedMilliseconds, 200, 600);
        Ok(Serve(60_000));
        AssertAnswers(true);
    }

    [RootFact]
    public void What_an_earlier_life_left_stays_and_what_was_flushed_is_missed()
    {
        Ok(_gate.Install(Deadline));
        Ok(_gate.Guard(s_addresses, Deadline));
        string before = Rules();
        Ok(_gate.Install(Deadline));
        Assert.Equal(before, Rules());
        AssertAnswers(false);
        Ok(Serve(60_000));
        AssertAnswers(true);
        _ = _node.Tool("nft", "flush ruleset");
        Ok(Serve(60_000), Errno.ENOENT);
        Ok(_gate.Install(Deadline));
        Ok(Serve(60_000));
    }

    [RootFact]
    public void Two_thousand_addresses_fit()
    {
        List<NetAddress> many = [];
        for (int i = 0; i < 2_000; i++)
        {
            many.Add(NetAddress.From(i % 2 == 0 ? [10, 1, (byte)(i >> 8), (byte)i] : IPAddress.Parse("fd01::" + i).GetAddressBytes()));
        }

        Ok(_gate.Install(Deadline));
        Ok(_gate.Guard(many, Deadline));
        _gate.Choose(many.ConvertAll(a => (a, 0)));
        Ok(_gate.Serve([60_000], Deadline));
        string rules = Rules();
        Assert.Contains("fd01::1999 timeout 7d expires", rules, StringComparison.Ordinal);
        Assert.Contains("10.1.7.206 timeout 7d expires", rules, StringComparison.Ordinal);
        Ok(_gate.Unguard(many, Deadline));
        Assert.DoesNotContain("elements", Rules(), StringComparison.Ordinal);
    }

    [RootFact]
    public void A_renewal_allocates_nothing()
    {
        Ok(_gate.Install(Deadline));
        Ok(_gate.Guard(s_addresses, Deadline));
        Ok(Serve(60_000));
        long[] times = [60_000];
        bool good = true;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            good &= !_gate.Serve(times, long.MaxValue).IsError;
        }

        Assert.True(good);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Ok(Errno error, int expected = 0) => Assert.Equal(expected, error.Value);

    private Errno Serve(long milliseconds)
    {
        _gate.Choose(Array.ConvertAll(s_addresses, a => (a, 0)));
        return _gate.Serve([milliseconds], Deadline);
    }

    private string Rules() => _node.Tool("nft", "list ruleset");

    private void AssertAnswers(bool expected)
    {
        Assert.Equal(expected, Arp("10.0.0.100"));
        Assert.Equal(expected, Ping("10.0.0.100"));
        _client.Ip("-6 neigh flush dev eth0");
        Assert.Equal(expected, Ping("fd00::100"));
    }

    /// <summary>The client knows nothing of its neighbours and learns who has the address.</summary>
    private bool Arp(string address)
    {
        _client.Ip("neigh flush dev eth0");
        _ = Ping(address);
        return Succeeds(_client, "ip", "neigh show to " + address + " dev eth0", "lladdr");
    }

    private bool Ping(string address, NetNamespace? from = null) =>
        Succeeds(from ?? _client, "ping", "-c 1 -W 0.1 " + address, "1 received");

    private static bool Succeeds(NetNamespace where, string program, string arguments, string expected)
    {
        try
        {
            return where.Tool(program, arguments).Contains(expected, StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
