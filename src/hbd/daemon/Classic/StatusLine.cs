using System;
using System.Globalization;
using System.IO;
using Hbd.Daemon.Cli;
using Hbd.Sys;

namespace Hbd.Daemon.Classic;

/// <summary><c>hbd --status</c>, as <c>heartbeat -s</c>: one line; 0 running, 1 a socket without a daemon, 3 stopped.</summary>
internal static class StatusLine
{
    public static int Print()
    {
        Errno error = UnixSocket.Connect(ClassicCommands.SocketPath, out int socket);
        if (!error.IsError)
        {
            using Fd fd = new(socket);
            _ = UnixSocket.Credentials(fd.Value, out PeerCredentials daemon);
            string host = File.ReadAllText("/proc/sys/kernel/hostname").Trim();
            Console.Out.WriteLine("hbd OK [pid " + daemon.Pid.ToString(CultureInfo.InvariantCulture) + " et al] is running on " + host + " ["
                + host.ToLowerInvariant() + "]...");
            return ExitCode.Ok;
        }

        switch (error.Value)
        {
            case Errno.EACCES or Errno.EPERM:
                Console.Out.WriteLine("hbd OK: it is running on this machine, but refuses my connection");
                return ExitCode.Ok;
            case Errno.ECONNREFUSED:
                Console.Out.WriteLine("hbd is stopped. No process, but its socket is still there");
                return ExitCode.Failed;
            default:
                Console.Out.WriteLine("hbd is stopped. No process");
                return ExitCode.NotRunning;
        }
    }
}
