using System;
using System.Diagnostics;
using System.Globalization;

namespace Hbd.Sys.Tests.Support;

/// <summary>A network namespace that lives as long as its thread and the sockets made there.</summary>
internal sealed class NetNamespace : OwnThread
{
    private readonly int _tid;

    public NetNamespace()
    {
        _tid = Get(() =>
        {
            if (TestLibc.unshare(TestLibc.CLONE_NEWNET) != 0)
            {
                throw new InvalidOperationException("unshare: " + Errno.Last);
            }

            return TestLibc.gettid();
        });
        Ip("link set lo up");
    }

    private string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/{TestLibc.getpid()}/task/{_tid}/ns/net");

    /// <summary>Runs ip(8); a child starts in the namespace of the thread that forks it.</summary>
    public void Ip(string arguments) => Tool("ip", arguments);

    public void Tool(string name, string arguments) => Run(() =>
    {
        using Process process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(name + " " + arguments + ": " + error);
        }
    });

    /// <summary>eth0 here and eth0 there, a cable between, both up; addresses as given.</summary>
    public void Cable(NetNamespace other, string address, string otherAddress)
    {
        Ip("link add eth0 type veth peer name eth0 netns " + other.Path);
        SetUp(address);
        other.SetUp(otherAddress);
    }

    /// <summary>No generated link-local address: it would be tentative for a second or two (RFC 4862, 5.4).</summary>
    public void SetUp(string address)
    {
        Ip("link set eth0 addrgenmode none");
        string v6 = address.Contains(':', StringComparison.Ordinal) ? " nodad" : string.Empty;
        Ip("addr add " + address + " dev eth0" + v6);
        Ip("link set eth0 up");
    }
}
