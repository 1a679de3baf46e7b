using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Cli;
using Hbd.Daemon.Logging;
using Hbd.Daemon.Renewals;
using Hbd.Sys;

namespace Hbd.Daemon;

/// <summary>The order of startup and shutdown of <c>hbd run</c>, nothing else.</summary>
internal static class Runtime
{
    /// <summary>Middle of SCHED_RR's range: above ordinary work, below the kernel's own threads (sched(7)).</summary>
    private const int Priority = 50;

    public static int Run(RunOptions options)
    {
        Errno masked = SignalMask.EnsureProcessWide();
        if (masked.IsError)
        {
            return Fail(ExitCode.Failed, "cannot block signals: " + masked);
        }

        options = options with
        {
            ConfigPath = Path.GetFullPath(options.ConfigPath),
            AuthKeysPath = Path.GetFullPath(options.AuthKeysPath),
            RunDir = Path.GetFullPath(options.RunDir),
            StateDir = Path.GetFullPath(options.StateDir),
        };
        Inheritance? inherited = RenewalFiles.Take(options.RunDir);
        if (!TryConfigure(options, inherited is not null, out byte[] text, out ClusterConfig? config, out Keyring? keyring, out int self))
        {
            return ExitCode.Configuration;
        }

        ProcessDefaults.Apply();
        LogSink log = new();
        long startedNs = MonotonicClock.NowNs();
        if (!TryGeneration(options, out uint generation, out string problem))
        {
            return Fail(ExitCode.Failed, problem);
        }

        ulong entropy = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        StartValues start = new(generation, entropy, LifeMark.Set(options.RunDir), inherited?.Handover);
        Generation.Note(options.RunDir, generation);
        using EventLoop loop = new(config!, keyring!, options, self, start, log, WorkerStarted);
        if (loop.Claim() is { } refused)
        {
            return Fail(ExitCode.Failed, refused);
        }

        loop.Record(text, start);
        _ = RenewalFiles.Write(RenewalFiles.Running(options.RunDir), text);
        RenewalFiles.Remove(RenewalFiles.Next(options.RunDir));

        // Only now: a real-time thread that waits for its workers to start would keep them from starting.
        StartPages.GiveBack();
        IReadOnlyList<RealTimeStep> steps = RealTimeMode.Enter(Priority);
        loop.RealTime = !steps[0].Error.IsError;
        loop.MemoryLocked = !steps[1].Error.IsError;
        string about = StatusBuilder.Version + " on " + config!.Nodes[self] + ", cluster " + config.Cluster + ", generation "
            + generation.ToString(CultureInfo.InvariantCulture) + ", real time: "
            + Told(steps);
        log.Text(MessageId.DaemonStarting, about, startedNs);
        if (loop.ArmWatchdog() is { } unarmed)
        {
            return Fail(ExitCode.Configuration, unarmed);
        }

        if (inherited is not null)
        {
            loop.Inherited(inherited);
        }

        try
        {
            loop.Run();
        }
        catch (CheckFailedException e)
        {
            // A crash is the safe state here: the peer sees a silent node, and the next start finds what runs.
            log.Text(MessageId.Bug, e.Message, MonotonicClock.NowNs());
            return ExitCode.Unavailable;
        }

        if (!loop.Abandoned)
        {
            LifeMark.Clear(options.RunDir);
        }

        log.Text(MessageId.DaemonStopped, "", MonotonicClock.NowNs());
        return loop.Abandoned ? ExitCode.Again : loop.HasManager ? ExitCode.Left : ExitCode.Ok;
    }

    /// <param name="inPlace">The file was checked by the life before this one, which has kept it.</param>
    private static bool TryConfigure(RunOptions options, bool inPlace, out byte[] text, out ClusterConfig? config, out Keyring? keyring, out int self)
    {
        keyring = null;
        self = -1;
        config = null;
        string problem = "";
        text = [];
        bool kept = inPlace && ConfigFile.TryRead(RenewalFiles.Next(options.RunDir), out text, out _);
        if (!kept && !ConfigFile.TryRead(options.ConfigPath, out text, out problem))
        {
            StandardError.WriteLine(problem);
            return false;
        }

        ConfigLoadResult result = ConfigLoader.Load(options.ConfigPath, text);
        foreach (ConfigMessage message in result.Errors.Concat(result.Warnings))
        {
            StandardError.WriteLine(message.ToString());
        }

        keyring = LoadKeys(options.AuthKeysPath);
        config = result.Config;
        if (config is null || keyring is null)
        {
            return false;
        }

        string node = (options.NodeName ?? File.ReadAllText("/proc/sys/kernel/hostname").Trim()).ToLowerInvariant();
        self = config.Nodes.ToList().IndexOf(node);
        if (self < 0)
        {
            StandardError.WriteLine(options.ConfigPath + ": this machine is \"" + node + "\" (uname -n), which is not in nodes = ["
                + string.Join(", ", config.Nodes) + "]");
        }

        return self >= 0;
    }

    private static Keyring? LoadKeys(string path)
    {
        string[] problems;
        try
        {
            Keyring? keyring = KeyFile.Load(path, out problems);
            if (keyring is not null)
            {
                return keyring;
            }
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or CryptographicException)
        {
            problems = ["HMAC-SHA-256 is not available: install libssl3 (Debian) or openssl-libs (Fedora): " + e.Message];
        }

        foreach (string line in problems)
        {
            StandardError.WriteLine(line);
        }

        return null;
    }

    private static bool TryGeneration(RunOptions options, out uint generation, out string problem)
    {
        generation = 0;
        try
        {
            Directory.CreateDirectory(options.StateDir);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = "cannot make " + options.StateDir + ": " + e.Message;
            return false;
        }

        GenerationResult result = Generation.Next(
            options.StateDir, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Generation.Recall(options.RunDir));
        generation = result.Value;
        problem = result.Problem ?? "";
        return result.Problem is null;
    }

    private static string Told(IReadOnlyList<RealTimeStep> steps)
    {
        List<string> words = [];
        foreach (RealTimeStep step in steps)
        {
            words.Add(step.What + (step.Error.IsError ? " (" + step.Error.Text + ")" : ""));
        }

        return string.Join(", ", words);
    }

    private static void WorkerStarted() => _ = RealTimeMode.ScheduleThread(Priority);

    private static int Fail(int code, string what)
    {
        StandardError.WriteLine("hbd: " + what);
        return code;
    }
}
