using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Net;
using System.Text;
using Hbd.Core.Config.Binding;
using Hbd.Daemon.Conversion;

#pragma warning disable CA1416 // Unix file modes: hbd runs on Linux and nowhere else.

namespace Hbd.Daemon.Cli;

/// <summary><c>hbctl convert --from /etc/ha.d [--output DIR] [--force] [--ucast NODE=ADDRESS …]</c></summary>
internal static class ConvertCommand
{
    private const string ConfigName = "hbd.toml";
    private const string KeysName = "authkeys";

    public static Command Build()
    {
        Option<string> from = new("--from")
        {
            Description = "Directory with ha.cf, haresources and authkeys.",
            HelpName = "dir",
            DefaultValueFactory = _ => "/etc/ha.d",
        };
        Option<string?> output = new("--output")
        {
            Description = "Where to write hbd.toml, authkeys and files of secrets (default: hbd.toml to stdout, the rest nowhere).",
            HelpName = "dir",
        };
        Option<bool> force = new("--force") { Description = "Overwrite files that are there." };
        Option<string[]> ucast = new("--ucast")
        {
            Description = "Whose address a ucast line names; may be given several times.",
            HelpName = "node=address",
        };
        Command command = new("convert", "Turn the files of heartbeat into those of hbd, with an account of every line.") { from, output, force, ucast };
        command.SetAction(result => Run(
            result.GetValue(from)!, result.GetValue(output), result.GetValue(force), result.GetValue(ucast) ?? []));
        return command;
    }

    private static int Run(string from, string? output, bool force, string[] ucast)
    {
        List<(string Node, IPAddress Address)> given = [];
        foreach (string word in ucast)
        {
            string[] parts = word.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0 || AddressText.Parse(parts[1]) is not { } address)
            {
                return Usage("--ucast " + Shown.Word(word) + " is not NODE=ADDRESS, such as srv1=10.0.1.1");
            }

            given.Add((parts[0].ToLowerInvariant(), address));
        }

        string haCf = Path.Combine(from, "ha.cf");
        if (!ConfigFile.TryRead(haCf, out byte[] text, out string problem))
        {
            return Usage(problem + "; --from names the directory with ha.cf");
        }

        string? target = output is null ? null : Path.GetFullPath(output);
        ConvertEnvironment machine = ThisMachine.Describe(from, target ?? "/etc/hbd", given);
        ClassicFiles files = new(Encoding.UTF8.GetString(text), ThisMachine.Text(Path.Combine(from, "haresources")),
            ThisMachine.Text(Path.Combine(from, KeysName)));
        return Finish(Converter.Convert(files, machine), target, force);
    }

    private static int Finish(ConversionResult result, string? target, bool force)
    {
        if (target is null)
        {
            Console.Out.Write(result.Toml);
        }

        foreach (AccountEntry entry in result.Account.InOrder())
        {
            Console.Error.WriteLine(entry);
        }

        foreach (string warning in result.Warnings)
        {
            Console.Error.WriteLine("warning: " + warning);
        }

        Console.Error.WriteLine(result.Account.Summary());
        if (!result.Accepted)
        {
            Console.Error.WriteLine("hbd does not accept the result yet" + (target is null ? "." : "; nothing was written."));
            return ExitCode.Failed;
        }

        if (target is not null && !Write(result, target, force))
        {
            return ExitCode.Failed;
        }

        Console.Error.WriteLine(result.Account.Refusals > 0 ? "hbd accepts the result, without what was refused: see above."
            : target is null ? "Done: hbd accepts the result. With --output it is written, together with authkeys."
            : "Done: hbd accepts the result. Copy all of it to the other node, then: hbd check.");
        return result.Account.Refusals > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    /// <summary>All or nothing as far as what is there already goes; secrets are closed from the first moment.</summary>
    private static bool Write(ConversionResult result, string target, bool force)
    {
        List<(string Path, string Text, bool Secret)> files =
            [(Path.Combine(target, ConfigName), result.Toml, false), (Path.Combine(target, KeysName), result.AuthKeys, true)];
        foreach (SecretFile secret in result.Secrets)
        {
            files.Add((Path.Combine(target, secret.Name), secret.Content + "\n", true));
        }

        foreach ((string path, _, _) in files)
        {
            if (File.Exists(path) && !force)
            {
                Console.Error.WriteLine("hbctl convert: " + path + " is there already; nothing was written. Overwrite it with --force.");
                return false;
            }
        }

        try
        {
            _ = Directory.CreateDirectory(target);
            foreach ((string path, string content, bool secret) in files)
            {
                WriteFile(path, content, secret);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("hbctl convert: " + e.Message);
            return false;
        }

        return true;
    }

    /// <summary>A new file under another name, so that neither an old mode nor half a text remains.</summary>
    private static void WriteFile(string path, string content, bool secret)
    {
        string made = path + ".new";
        File.Delete(made);
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite
            | (secret ? UnixFileMode.None : UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        using (FileStream stream = new(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            stream.Write(Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        File.Move(made, path, overwrite: true);
        Console.Error.WriteLine("written: " + path);
    }

    private static int Usage(string what)
    {
        Console.Error.WriteLine("hbctl convert: " + what);
        return ExitCode.Usage;
    }
}
