using System.CommandLine;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl stop</c>: the daemon hands everything over and ends; returns when it has.</summary>
internal static class StopCommand
{
    public static Command Build(SocketOptions socket)
    {
        Command command = new("stop", "Leave the cluster in order: hand everything over, then end the daemon.");
        command.SetAction(result => SelectorCommand.Send(socket.Path(result), ControlCommand.Stop, "", waitForEnd: true));
        return command;
    }
}
