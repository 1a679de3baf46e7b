using System;
using System.CommandLine;
using System.Linq;
using Hbd.Core.Config;
using Hbd.Daemon.Export;

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl export pacemaker [--config FILE] [--format crmsh|cib]</c></summary>
internal static class ExportCommand
{
    public static Command Build()
    {
        Option<string> config = UsualOption.Config("Configuration to export.");
        Option<string> format = new("--format")
        {
            Description = "crmsh (for crm configure load) or cib (XML).",
            HelpName = "format",
            DefaultValueFactory = _ => "crmsh",
        };
        Command pacemaker = new("pacemaker", "The same cluster for Pacemaker; what has no counterpart is said in comments.") { config, format };
        pacemaker.SetAction(result => Run(result.GetValue(config)!, result.GetValue(format)!));
        return new Command("export", "Write the configuration for another cluster manager.") { pacemaker };
    }

    private static int Run(string path, string format)
    {
        if (format is not ("crmsh" or "cib"))
        {
            Console.Error.WriteLine("hbctl export pacemaker: no format \"" + format + "\"; there are crmsh and cib");
            return ExitCode.Usage;
        }

        if (!ConfigFile.TryRead(path, out byte[] text, out string problem))
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Configuration;
        }

        ConfigLoadResult result = ConfigLoader.Load(path, text);
        foreach (ConfigMessage error in result.Errors)
        {
            Console.Error.WriteLine(error);
        }

        if (result.Config is not { } config)
        {
            return ExitCode.Configuration;
        }

        PacemakerModel model = PacemakerExport.Make(config);
        Console.Out.Write(format == "cib" ? CibWriter.Write(model) : CrmShellWriter.Write(model));
        foreach (string missing in model.Notes.Concat(model.Groups.SelectMany(g => g.Notes)).Where(n => n.StartsWith("MISSING", StringComparison.Ordinal)))
        {
            Console.Error.WriteLine(missing);
        }

        return model.Incomplete ? ExitCode.Failed : ExitCode.Ok;
    }
}
