using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

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
    public void Ip(string arguments) => _ = Tool("ip", arguments);

    public string Tool(string name, string arguments) => Get(() =>
    {
        ProcessStartInfo start = new(name, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(name + " " + arguments + ": " + error);
        }

        return output;
    });

    /// <summary>eth0 here and eth0 there, a cable between, both up; addresses as given.</summary>
    public void Cable(NetNamespace other, string address, string otherAddress)
    {
        Ip("link add eth0 type veth peer name eth0 netns " + other.Path);
        SetUp(address);
        other.SetUp(otherAddress);
        AwaitCarrier();
        other.AwaitCarrier();
    }

    /// <summary>
    /// The kernel notices a carrier in its own time and drops without a word what is sent before (linkwatch).
    /// </summary>
    private void AwaitCarrier()
    {
        for (int i = 0; i < 200; i++)
        {
            if (Tool("ip", "link show eth0").Contains("state UP", StringComparison.Ordinal))
            {
                return;
            }

            Thread.Sleep(10);
        }

        throw new InvalidOperationException("eth0 has no carrier after two seconds");
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
