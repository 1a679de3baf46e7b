using System;
using System.CommandLine;
using Hbd.Core;
using Hbd.Core.Config.Binding;
using Hbd.Core.Config.Toml;
using Hbd.Daemon.Control;
using Hbd.Daemon.Modes;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl maintenance on|off [NODE|GROUP|all] [--for 30m]</c> and <c>hbctl move GROUP [--to NODE] [--for 1h] [--clear]</c>.</summary>
internal static class ModeCommand
{
    private static readonly Duration s_lengthMin = Duration.FromSeconds(1);

    public static Command BuildMaintenance(SocketOptions socket)
    {
        Command command = new("maintenance", "Keep hbd's hands off while somebody works: nothing is started, stopped, moved or fenced.");
        command.Subcommands.Add(Switch(socket, "on", ControlCommand.MaintenanceOn));
        command.Subcommands.Add(Switch(socket, "off", ControlCommand.MaintenanceOff));
        return command;
    }

    public static Command BuildMove(SocketOptions socket)
    {
        Argument<string> group = new("group") { Description = "The group to move." };
        Option<string?> to = new("--to") { Description = "Where it is kept (default: the node that does not run it now).", HelpName = "node" };
        Option<string?> length = Length();
        Option<bool> clear = new("--clear") { Description = "End a move: the preferred node is home again." };
        Command command = new("move", "Move a group and keep it there; a failover is never held up.") { group, to, length, clear };
        command.SetAction(result =>
        {
            bool ends = result.GetValue(clear);
            if (ends && (result.GetValue(to) ?? result.GetValue(length)) is not null)
            {
                Console.Error.WriteLine("hbctl move: --clear takes neither --to nor --for");
                return ExitCode.Usage;
            }

            return Send(socket.Path(result), ends ? ControlCommand.MoveEnd : ControlCommand.Move, result.GetValue(length), result.GetValue(to), result.GetValue(group)!);
        });
        return command;
    }

    private static Command Switch(SocketOptions socket, string name, ControlCommand verb)
    {
        bool on = verb == ControlCommand.MaintenanceOn;
        Argument<string> what = new("what")
        {
            Description = "A node, a group, or all (both nodes" + (on ? ")." : ", and every group)."),
            DefaultValueFactory = _ => ControlProtocol.All,
        };
        Option<string?> length = Length();
        Command command = new(name, on ? "Begin." : "End: what runs is looked at, and things go on from what is found.") { what };
        if (on)
        {
            command.Options.Add(length);
        }

        command.SetAction(result => Send(socket.Path(result), verb, on ? result.GetValue(length) : null, null, result.GetValue(what)!));
        return command;
    }

    private static Option<string?> Length() => new("--for") { Description = "So long, such as 30m or 1h; without, until it is ended.", HelpName = "time" };

    private static int Send(string path, ControlCommand verb, string? time, string? node, string subject)
    {
        Duration length = Duration.Zero;
        if (time is not null)
        {
            Duration? read = TimeText.Read(new TomlString(default, time, plain: true), out _);
            if (read is null || read < s_lengthMin || read > ModeCommands.LengthMax)
            {
                Console.Error.WriteLine("hbctl: --for \"" + time + "\" is no time from 1s to 720h; expected such as 30m or 1h");
                return ExitCode.Usage;
            }

            length = read.Value;
        }

        return SelectorCommand.Send(path, verb, ModeCommands.Compose(length, node, subject), waitForEnd: false);
    }
}
