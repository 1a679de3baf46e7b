using System.CommandLine;
using System.IO;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Cli;

/// <summary>Where the daemon of this machine listens.</summary>
internal sealed class SocketOptions
{
    public Option<string?> Socket { get; } = new("--socket")
    {
        Description = "The control socket (default: control in the run directory).",
        HelpName = "file",
        Recursive = true,
    };

    public Option<string> RunDir { get; } = new("--run-dir")
    {
        Description = "The daemon's run directory.",
        HelpName = "dir",
        Recursive = true,
        DefaultValueFactory = _ => RunOptions.Default.RunDir,
    };

    public string Path(ParseResult result)
        => result.GetValue(Socket) ?? System.IO.Path.Combine(result.GetValue(RunDir)!, ControlProtocol.SocketName);
}
