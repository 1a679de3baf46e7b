using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using Hbd.Plugins.Sdk;
using Hbd.Plugins.Stonith;
using Hbd.Sys;

namespace Hbd.Daemon.Conversion;

/// <summary>The converter's questions, answered by the machine it runs on.</summary>
internal static class ThisMachine
{
    private const int SecretBytes = 32;
    private const long AnswerNs = 5_000_000_000;
    private const string External = "external/";

    private static readonly char[] s_blanks = [' ', '\t', '\r', '\n'];

    public static ConvertEnvironment Describe(string from, string directory, IReadOnlyList<(string Node, IPAddress Address)> given) => new()
    {
        // Not Environment.MachineName, which ends at the first dot.
        NodeName = Text("/proc/sys/kernel/hostname")?.Trim().ToLowerInvariant(),
        Addresses = Addresses(),
        Hosts = Text("/etc/hosts") ?? "",
        Given = given,
        ParameterNames = ParameterNames,
        ParameterFile = file => Text(file) ?? Text(Path.Combine(from, Path.GetFileName(file))),
        NewSecret = () => System.Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)),
        Directory = directory,
    };

    /// <summary>A small text file, or null.</summary>
    public static string? Text(string path)
        => File.Exists(path) && ConfigFile.TryRead(path, out byte[] bytes, out _) ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Where the kernel does not tell, the other ways remain, and the refusal says which option to add.</summary>
    private static List<OwnAddress> Addresses()
    {
        long deadlineNs = MonotonicClock.NowNs() + AnswerNs;
        List<AddressEntry> entries = [];
        List<OwnAddress> addresses = [];
        using AddressTable? table = AddressTable.Open(out _);
        if (table is null || table.All(deadlineNs, entries).IsError)
        {
            return addresses;
        }

        foreach (AddressEntry entry in entries)
        {
            if (!table.Link(entry.Index, deadlineNs, out LinkInfo link).IsError)
            {
                addresses.Add(new OwnAddress(link.Name.ToString(), IPAddress.Parse(entry.Address.ToString()), entry.Prefix));
            }
        }

        return addresses;
    }

    /// <summary>As the installed plugin says it; null if there is none or if it says nothing.</summary>
    private static string[]? ParameterNames(string type)
    {
        StonithPaths paths = new();
        bool external = type.StartsWith(External, StringComparison.Ordinal);
        string name = external ? type[External.Length..] : type;
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') || name[0] is '.' or '-')
        {
            return null;
        }

        string? program = external ? paths.ExternalDirectories.Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists)
            : paths.GluePrograms.FirstOrDefault(File.Exists);
        string[] words = program is null ? [] : Ask(program, external ? ["getconfignames"] : ["-t", name, "-n"])
            .Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 ? words : null;
    }

    private static string Ask(string program, string[] arguments)
    {
        ProgramEnd end = ProgramCall.Run(MonotonicClock.NowNs() + AnswerNs, program, arguments);
        return end.Code == 0 ? end.Text : "";
    }
}
