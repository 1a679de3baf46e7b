using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using Hbd.Plugins.Stonith;

namespace Hbd.Daemon.Conversion;

/// <summary>The converter's questions, answered by the machine it runs on.</summary>
internal static class ThisMachine
{
    private const int SecretBytes = 32;
    private const int AnswerMs = 5_000;
    private const int AnswerCharsMax = 4_096;
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

    private static List<OwnAddress> Addresses()
    {
        List<OwnAddress> addresses = [];
        try
        {
            foreach (NetworkInterface nic in NetworkInterface.GetAllNetworkInterfaces())
            {
                addresses.AddRange(nic.GetIPProperties().UnicastAddresses
                    .Select(a => new OwnAddress(nic.Name, new IPAddress(a.Address.GetAddressBytes()), a.PrefixLength)));
            }
        }
        catch (NetworkInformationException)
        {
            // Without them the other ways remain, and the refusal says which option to add.
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
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using Process? process = Process.Start(start);
            if (process is null)
            {
                return "";
            }

            process.StandardInput.Close();
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            char[] answer = new char[AnswerCharsMax];
            System.Threading.Tasks.Task<int> read = process.StandardOutput.ReadBlockAsync(answer, 0, answer.Length);
            bool ended = read.Wait(AnswerMs) && process.WaitForExit(AnswerMs);
            if (!ended)
            {
                process.Kill(entireProcessTree: true);
                return "";
            }

            return process.ExitCode == 0 ? new string(answer, 0, read.Result) : "";
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            return "";
        }
    }
}
