using System.CommandLine;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl standby [GROUP|all|local|foreign]</c></summary>
internal static class StandbyCommand
{
    public static Command Build(SocketOptions socket) => SelectorCommand.Build(socket, ControlCommand.Standby, "Hand groups to the peer.");
}
