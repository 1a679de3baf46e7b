using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Hbd.Core.Config;
using Hbd.Daemon.Plan;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Renewals;

/// <summary>
/// On a worker: is there a program that starts, and a configuration that it accepts? Reads the file, says what it would change, and has the program
/// that is to take over look at the very bytes it will read. Changes nothing but next.toml.
/// </summary>
internal sealed class RenewalJob(RunOptions options, ClusterConfig running, string program, bool reload, Action<RenewalJob> done) : IOwnWork
{
    private const int PatienceMs = 15_000;
    private const int PollMs = 2;

    /// <summary>Null: the new life may begin.</summary>
    public string? Refused { get; private set; }

    /// <summary>The file cannot be used; otherwise something else is in the way.</summary>
    public bool IsKeyProblem { get; private set; }

    /// <summary>For a reload.</summary>
    public ConfigPlan? Plan { get; private set; }

    public ClusterConfig? Config { get; private set; }

    public void Execute()
    {
        try
        {
            Refused = Read() ?? (Plan is { IsEmpty: true } ? null : Try());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            Refused = e.Message;
        }
    }

    public void Done(long nowNs) => done(this);

    private string? Read()
    {
        string from = reload ? options.ConfigPath : RenewalFiles.Running(options.RunDir);
        if (!ConfigFile.TryRead(from, out byte[] text, out string problem))
        {
            return problem;
        }

        ConfigLoadResult result = ConfigLoader.Load(from, text);
        if (result.Config is null)
        {
            return string.Join("\n", result.Errors.Select(e => e.ToString()));
        }

        _ = KeyFile.Read(options.AuthKeysPath, out string[] problems);
        if (problems.Length > 0)
        {
            IsKeyProblem = true;
            return string.Join("\n", problems);
        }

        Config = result.Config;
        if (reload)
        {
            Plan = ConfigPlan.Compare(running, result.Config);
            PlanEntry[] refused = Plan.Entries.Where(e => e.Change == PlannedChange.Refused).ToArray();
            if (refused.Length > 0)
            {
                return string.Join("\n", refused.Select(e => from + ": " + e.Name + " " + e.Why[0]));
            }
        }

        return RenewalFiles.Write(RenewalFiles.Next(options.RunDir), text);
    }

    private string? Try()
    {
        string? wrong = Ask(["version"], out string said);
        if (wrong is null && !said.StartsWith("hbd ", StringComparison.Ordinal))
        {
            wrong = program + " is not hbd: it says \"" + said.Split('\n')[0] + "\"";
        }

        return wrong ?? Ask(["check", "--config", RenewalFiles.Next(options.RunDir), "--authkeys", options.AuthKeysPath], out _);
    }

    /// <summary>Runs it; null if it ends well.</summary>
    private string? Ask(string[] arguments, out string said)
    {
        said = "";
        List<string> environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"];
        Errno error = Spawner.Spawn(program, [program, .. arguments], environment, out SpawnedProcess? process);
        if (error.IsError)
        {
            return program + " cannot be started: " + error.Text;
        }

        StringBuilder output = new();
        StringBuilder errors = new();
        long began = Stopwatch.GetTimestamp();
        ExitStatus status;
        while (!PidFd.TryReap(process!.PidFd, out status))
        {
            Take(process, output, errors);
            if (Stopwatch.GetElapsedTime(began).TotalMilliseconds > PatienceMs)
            {
                _ = PidFd.SignalGroup(process.Pid, PidFd.SigKill);
            }

            Thread.Sleep(PollMs);
        }

        Take(process, output, errors);
        process.CloseAll();
        said = output.ToString();
        return status is { Signal: 0, Code: 0 } ? null
            : program + " " + string.Join(' ', arguments) + ": "
                + (status.Signal != 0 ? "ended by signal " + status.Signal.ToString(CultureInfo.InvariantCulture)
                    : errors.Length > 0 ? errors.ToString().Trim() : "exit code " + status.Code.ToString(CultureInfo.InvariantCulture));
    }

    private static void Take(SpawnedProcess process, StringBuilder output, StringBuilder errors)
    {
        byte[] chunk = new byte[4_096];
        while (output.Length < 65_536 && ChildPipe.Read(process.Output, chunk, out int count) == PipeRead.Data)
        {
            output.Append(Encoding.UTF8.GetString(chunk, 0, count));
        }

        while (errors.Length < 65_536 && ChildPipe.Read(process.Errors, chunk, out int count) == PipeRead.Data)
        {
            errors.Append(Encoding.UTF8.GetString(chunk, 0, count));
        }
    }
}
