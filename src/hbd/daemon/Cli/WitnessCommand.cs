using System;
using System.CommandLine;
using System.Net;
using Hbd.Daemon.Witness;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbd witness</c>: the third machine, in the foreground.</summary>
internal static class WitnessCommand
{
    public static Command Build()
    {
        Option<string> keys = new("--keys")
        {
            Description = "Directory with NAME.authkeys (mode 0600) for each cluster NAME that this machine is the witness of.",
            HelpName = "dir",
            DefaultValueFactory = _ => WitnessOptions.KeysDefault,
        };
        Option<string> state = new("--state-dir")
        {
            Description = "Directory of the promises.",
            HelpName = "dir",
            DefaultValueFactory = _ => WitnessOptions.StateDefault,
        };
        Option<string> listen = new("--listen")
        {
            Description = "Address and UDP port to answer on.",
            HelpName = "addr:port",
            DefaultValueFactory = _ => WitnessOptions.ListenDefault,
        };
        Command command = new("witness", "Be the third machine of pairs that require a witness, in the foreground; or make a disk the witness.") { keys, state, listen };
        WitnessFormatCommand format = new();
        format.AddTo(command);
        command.SetAction(result => format.Run(result) ?? Run(result.GetValue(keys)!, result.GetValue(state)!, result.GetValue(listen)!));
        return command;
    }

    private static int Run(string keys, string state, string listen)
    {
        if (!IPEndPoint.TryParse(listen, out IPEndPoint? endpoint) || endpoint.Port == 0)
        {
            Console.Error.WriteLine("hbd witness: \"" + listen + "\" is no address with a port; expected such as "
                + WitnessOptions.ListenDefault + " or [::]:695");
            return ExitCode.Usage;
        }

        return WitnessServer.Run(new WitnessOptions(keys, state, endpoint));
    }
}
