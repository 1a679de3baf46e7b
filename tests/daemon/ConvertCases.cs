using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using Hbd.Daemon.Conversion;

namespace Hbd.Daemon.Tests;

/// <summary>
/// Small directories of heartbeat, one folder each below convert: ha.cf, haresources, authkeys, and <c>machine</c> with what is asked of the
/// machine; beside them what must come out: hbd.toml, authkeys.hbd, account. HBD_WRITE_EXPECTED=1 writes these anew, for reading the difference.
/// </summary>
internal static class ConvertCases
{
    public const string MadeSecret = "a-secret-that-was-made-for-this-test";

    public static string Directory { get; } = Path.Combine(SourceTree.Top, "tests", "daemon", "convert");

    public static IEnumerable<string> Names() => System.IO.Directory.GetDirectories(Directory).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    public static string? Text(string name, string file)
    {
        string path = Path.Combine(Directory, name, file);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    public static ConversionResult Convert(string name)
        => Converter.Convert(new ClassicFiles(Text(name, "ha.cf")!, Text(name, "haresources"), Text(name, "authkeys")), Machine(Text(name, "machine") ?? ""));

    public static ConvertEnvironment Machine(string text)
    {
        ConvertEnvironment machine = new() { NewSecret = () => MadeSecret };
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', 2);
            string[] parts = words[1].Split(' ', '=');
            machine = words[0] switch
            {
                "node" => machine with { NodeName = words[1] },
                "address" => machine with { Addresses = [.. machine.Addresses, Own(parts)] },
                "hosts" => machine with { Hosts = machine.Hosts + words[1] + "\n" },
                "ucast" => machine with { Given = [.. machine.Given, (parts[0], IPAddress.Parse(parts[1]))] },
                "file" => machine with { ParameterFile = path => path == parts[0] ? words[1][(parts[0].Length + 1)..] : null },
                _ => throw new InvalidDataException(line),
            };
        }

        return machine;
    }

    /// <summary>The whole account, as a user sees it.</summary>
    public static string Account(ConversionResult result)
    {
        IEnumerable<string> lines = [.. result.Account.InOrder().Select(e => e.ToString()), .. result.Warnings.Select(w => "warning: " + w),
            .. result.Secrets.Select(s => "secret: " + s.Name), result.Account.Summary(), "accepted: " + (result.Accepted ? "yes" : "no")];
        return string.Join('\n', lines) + "\n";
    }

    private static OwnAddress Own(string[] words)
    {
        string[] address = words[1].Split('/');
        return new OwnAddress(words[0], IPAddress.Parse(address[0]), int.Parse(address[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
