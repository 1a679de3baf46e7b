using System.CommandLine;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl takeover [GROUP|all|local|foreign]</c></summary>
internal static class TakeoverCommand
{
    public static Command Build(SocketOptions socket) => SelectorCommand.Build(socket, ControlCommand.Takeover, "Take groups from the peer.");
}
