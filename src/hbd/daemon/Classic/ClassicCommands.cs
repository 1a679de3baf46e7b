using System;
using System.IO;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Classic;

/// <summary>
/// The names under which heartbeat 3 was asked and told: one more name of the same binary each, for scripts and monitoring that know them.
/// HBD_RUN_DIR and HBD_CONFIG lead to another daemon than that of this machine.
/// </summary>
internal static class ClassicCommands
{
    public const string StatusOption = "--status";

    /// <summary>Null: not one of the names.</summary>
    public static int? Run(string name, string[] args) => name switch
    {
        "cl_status" => ClStatus.Run(args),
        "hb_standby" => ClassicMove.Run(name, ControlCommand.Standby, args),
        "hb_takeover" => ClassicMove.Run(name, ControlCommand.Takeover, args),
        "hbd" when args is [StatusOption] => StatusLine.Print(),
        _ => null,
    };

    public static string SocketPath
        => Path.Combine(Environment.GetEnvironmentVariable("HBD_RUN_DIR") ?? RunOptions.Default.RunDir, ControlProtocol.SocketName);

    public static string ConfigPath => Environment.GetEnvironmentVariable("HBD_CONFIG") ?? RunOptions.Default.ConfigPath;
}
