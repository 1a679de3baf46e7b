using System;
using System.CommandLine;
using System.Text;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Config.Binding;
using Hbd.Core.Config.Toml;
using Hbd.Daemon.Witness;

namespace Hbd.Daemon.Cli;

/// <summary>The options of <c>hbd witness --format</c>. What is not said comes from the configuration of this node.</summary>
internal sealed class WitnessFormatCommand
{
    private readonly Option<string?> _device = new("--format") { Description = "Make this disk or file the witness, instead of being one.", HelpName = "device" };
    private readonly Option<string?> _cluster = new("--cluster") { Description = "With --format: name of the cluster; otherwise from --config.", HelpName = "name" };
    private readonly Option<string?> _lease = new("--lease") { Description = "With --format: lease of [witness], such as 30s; otherwise from --config.", HelpName = "time" };
    private readonly Option<bool> _yes = new("--yes") { Description = "With --format: do not ask." };
    private readonly Option<bool> _force = new("--force") { Description = "With --format: destroy what the disk holds." };
    private readonly Option<string> _config = UsualOption.Config("With --format: configuration that says cluster and lease.");

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _device, _cluster, _lease, _config, _yes, _force })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Null when nothing is to be formatted.</summary>
    public int? Run(ParseResult result)
    {
        if (result.GetValue(_device) is not { } device)
        {
            return null;
        }

        string? cluster = result.GetValue(_cluster);
        Duration? lease = null;
        if (result.GetValue(_lease) is { } text)
        {
            lease = TimeText.Read(new TomlString(default, text, plain: true), out _);
            if (lease is not { } time || time < TimeRange.Lease.Min || time > TimeRange.Lease.Max)
            {
                return Fail(ExitCode.Usage, "--lease \"" + text + "\": expected " + TimeText.Expected + ", at most " + Limits.LeaseMax);
            }
        }

        if (cluster is { Length: 0 } || (cluster is not null && Encoding.UTF8.GetByteCount(cluster) > Limits.ClusterNameChars))
        {
            return Fail(ExitCode.Usage, "--cluster: expected a name of 1 to " + Limits.ClusterNameChars + " characters");
        }

        if (cluster is null || lease is null)
        {
            if (Load(result.GetValue(_config)!) is not { Witness: { } witness } config)
            {
                return Fail(ExitCode.Configuration, "no configuration with a section [witness] says cluster and lease; expected that, or --cluster and --lease");
            }

            cluster ??= config.Cluster;
            lease ??= witness.Lease;
        }

        return new DiskFormatter(new DiskFormatOptions(device, cluster, lease.Value, result.GetValue(_yes), result.GetValue(_force))).Run();
    }

    private static ClusterConfig? Load(string path)
    {
        if (!ConfigFile.TryRead(path, out byte[] text, out string problem))
        {
            Console.Error.WriteLine(problem);
            return null;
        }

        ConfigLoadResult loaded = ConfigLoader.Load(path, text);
        foreach (ConfigMessage error in loaded.Errors)
        {
            Console.Error.WriteLine(error);
        }

        return loaded.Config;
    }

    private static int Fail(int code, string what)
    {
        Console.Error.WriteLine("hbd witness: " + what);
        return code;
    }
}
