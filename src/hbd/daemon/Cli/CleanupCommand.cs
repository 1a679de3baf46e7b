using System.CommandLine;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl cleanup [GROUP|all|local|foreign]</c></summary>
internal static class CleanupCommand
{
    public static Command Build(SocketOptions socket)
        => SelectorCommand.Build(socket, ControlCommand.Cleanup, "Forget what failed on this node: groups refused here may run here again.");
}
