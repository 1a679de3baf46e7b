using System.CommandLine;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl failback [GROUP|all|local|foreign]</c></summary>
internal static class FailbackCommand
{
    public static Command Build(SocketOptions socket) => SelectorCommand.Build(socket, ControlCommand.Failback, "Send groups home to their preferred node.");
}
