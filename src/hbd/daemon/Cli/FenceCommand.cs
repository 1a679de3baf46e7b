using System;
using System.CommandLine;
using System.Linq;
using System.Threading;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl fence list | test | plan | history | off | on | reboot | confirm</c></summary>
internal static class FenceCommand
{
    private const int PollMs = 200;

    /// <summary>Longer than any device may take by default; the daemon goes on without this command.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    public static Command Build(SocketOptions socket)
    {
        Option<bool> json = new("--json") { Description = "One line of JSON." };
        Command fence = new("fence", "The devices that switch the other node off: look, test, use.");
        fence.Subcommands.Add(Show("list", "Devices, requests under way, and how the last tests went.", socket, json, FenceView.List));
        fence.Subcommands.Add(Show("plan", "Who shoots whom, when, and who survives.", socket, json, FenceView.Plan));
        fence.Subcommands.Add(Show("history", "Fencings and tests since the daemon was started.", socket, json, FenceView.History));
        fence.Subcommands.Add(Test(socket));
        fence.Subcommands.Add(Operate("off", "Switch a node off, and leave it off.", ControlCommand.FenceOff, socket));
        fence.Subcommands.Add(Operate("on", "Switch a node on.", ControlCommand.FenceOn, socket));
        fence.Subcommands.Add(Operate("reboot", "Switch a node off and on again.", ControlCommand.FenceReboot, socket));
        fence.Subcommands.Add(Confirm(socket));
        return fence;
    }

    private static Command Show(
        string name, string description, SocketOptions socket, Option<bool> json, Action<FenceDocument, System.IO.TextWriter> view)
    {
        Command command = new(name, description) { json };
        command.SetAction(result =>
        {
            using ControlConnection? connection = ControlConnection.Open(socket.Path(result), out int exitCode);
            if (connection is null)
            {
                return exitCode;
            }

            if (connection.AskFencing() is not { } document)
            {
                return NoAnswer();
            }

            if (result.GetValue(json))
            {
                Console.Out.Write(System.Text.Encoding.UTF8.GetString(ControlProtocol.WriteFencing(document)));
            }
            else
            {
                view(document, Console.Out);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Test(SocketOptions socket)
    {
        Argument<string> host = new("host")
        {
            Description = "The node whose devices are tested, or a device's name.",
            DefaultValueFactory = _ => ControlProtocol.All,
        };
        Command command = new("test", "Ask the devices whether they would work. Shoots nobody.") { host };
        command.SetAction(result => RunTest(socket.Path(result), result.GetValue(host)!));
        return command;
    }

    private static int RunTest(string path, string host)
    {
        using ControlConnection? connection = ControlConnection.Open(path, out int exitCode);
        if (connection is null)
        {
            return exitCode;
        }

        FenceDocument? before = connection.AskFencing();
        if (!Ask(connection, ControlCommand.FenceTest, host, out _, out exitCode) || before is null)
        {
            return before is null ? NoAnswer() : exitCode;
        }

        bool Wanted(StonithStatus d) => d.State != "peer"
            && (host == ControlProtocol.All || d.Name == host || d.Host.Equals(host, StringComparison.OrdinalIgnoreCase));
        return Wait(connection, document =>
        {
            StonithStatus[] devices = document.Devices.Where(Wanted).ToArray();
            bool pending = devices.Any(d => d.Tests == before.Devices.First(b => b.Name == d.Name).Tests);
            if (pending)
            {
                return null;
            }

            foreach (StonithStatus device in devices)
            {
                Console.Out.WriteLine(device.Name + ": " + (device.State == "ok" ? "ok" : "failed: " + device.Problem));
            }

            return devices.All(d => d.State == "ok") ? ExitCode.Ok : ExitCode.Failed;
        });
    }

    private static Command Operate(string name, string description, ControlCommand verb, SocketOptions socket)
    {
        Argument<string> node = new("node") { Description = "The node's name in full." };
        Option<bool> yes = new("--yes") { Description = "Do not ask." };
        Command command = new(name, description) { node, yes };
        command.SetAction(result =>
        {
            string target = result.GetValue(node)!;
            return result.GetValue(yes) || IsSure(name, target)
                ? RunOperate(socket.Path(result), verb, target) : ExitCode.Usage;
        });
        return command;
    }

    private static int RunOperate(string path, ControlCommand verb, string node)
    {
        using ControlConnection? connection = ControlConnection.Open(path, out int exitCode);
        if (connection is null || !Ask(connection, verb, node, out string message, out exitCode))
        {
            return exitCode;
        }

        string number = message[(message.LastIndexOf(' ') + 1)..];
        return Wait(connection, document =>
        {
            FenceHistoryStatus? end = document.History.LastOrDefault(h =>
                h.Device.Length == 0 && h.Request.ToString(System.Globalization.CultureInfo.InvariantCulture) == number);
            if (end is null)
            {
                return null;
            }

            bool failed = end.Result is "failed" or "called off";
            (failed ? Console.Error : Console.Out).WriteLine(end.Node + ": " + end.What + " " + end.Result + ": " + end.Text);
            return failed ? ExitCode.Failed : ExitCode.Ok;
        });
    }

    private static Command Confirm(SocketOptions socket)
    {
        Argument<string> node = new("node") { Description = "The node's name in full." };
        Option<string> why = new("--why") { Description = "How you know that it is off; recorded.", HelpName = "text", Required = true };
        Option<bool> yes = new("--yes") { Description = "Do not ask." };
        Command command = new("confirm", "Say that a node is off because you have seen to it. If it is not, data is lost.") { node, why, yes };
        command.SetAction(result =>
        {
            string target = result.GetValue(node)!;
            return result.GetValue(yes) || IsSure("confirm", target)
                ? SelectorCommand.Send(socket.Path(result), ControlCommand.FenceConfirm, target + " " + result.GetValue(why), waitForEnd: false)
                : ExitCode.Usage;
        });
        return command;
    }

    /// <summary>On a terminal the node's name has to be typed again; without one only --yes will do.</summary>
    private static bool IsSure(string verb, string node)
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine("hbctl fence " + verb + ": this is no terminal; say --yes to do it without a question.");
            return false;
        }

        Console.Error.Write("fence " + verb + " " + node + ": type the name of the node to go on: ");
        bool sure = string.Equals(Console.In.ReadLine()?.Trim(), node, StringComparison.Ordinal);
        if (!sure)
        {
            Console.Error.WriteLine("nothing was done.");
        }

        return sure;
    }

    private static bool Ask(ControlConnection connection, ControlCommand verb, string selector, out string message, out int exitCode)
    {
        (_, ControlReply? reply) = connection.Ask(verb, selector);
        message = reply?.Message ?? "";
        exitCode = reply is null ? NoAnswer() : reply.Ok ? ExitCode.Ok : reply.Denied ? ExitCode.Permission : ExitCode.Failed;
        if (reply is { Ok: false })
        {
            Console.Error.WriteLine(reply.Message);
        }

        return reply is { Ok: true };
    }

    /// <summary>Looks again and again until there is an exit code.</summary>
    private static int Wait(ControlConnection connection, Func<FenceDocument, int?> look)
    {
        DateTime end = DateTime.UtcNow + s_patience;
        while (DateTime.UtcNow < end)
        {
            if (connection.AskFencing() is not { } document)
            {
                return NoAnswer();
            }

            if (look(document) is { } exitCode)
            {
                return exitCode;
            }

            Thread.Sleep(PollMs);
        }

        Console.Error.WriteLine("no end in sight; see hbctl fence list.");
        return ExitCode.Failed;
    }

    private static int NoAnswer()
    {
        Console.Error.WriteLine("hbd closed the connection without an answer.");
        return ExitCode.Failed;
    }
}
