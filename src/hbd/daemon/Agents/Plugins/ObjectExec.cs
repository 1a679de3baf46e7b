using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Sys;

#pragma warning disable CA1416 // Unix file modes: hbd runs on Linux and nowhere else.

namespace Hbd.Daemon.Agents.Plugins;

/// <summary><c>hbd agent exec FILE ACTION [ARGUMENT…]</c>: an action of a shared object as a program of the OCF kind.</summary>
internal static class ObjectExec
{
    /// <summary>Where the instance keeps its state; without it a directory of its own below HA_RSCTMP.</summary>
    public const string StateVariable = "HBD_STATE_DIRECTORY";

    private const string ParameterPrefix = "OCF_RESKEY_";
    private const string MetaPrefix = "CRM_meta_";
    private const long DefaultTimeoutMs = 20_000;

    public const string Usage = "usage: hbd agent exec FILE start|stop|monitor|validate-all|meta-data [ARGUMENT...]";

    public static int Run(ReadOnlySpan<string> args)
    {
        if (args.Length < 2 || !TryAction(args[1], out AgentAction action))
        {
            Console.Error.WriteLine(Usage);
            return args.Length < 2 ? (int)AgentResult.Arguments : (int)AgentResult.Unimplemented;
        }

        string path = Path.GetFullPath(args[0]);
        string? problem = SharedObject.Problem(path, out _);
        LoadedAgent? agent = null;
        if (problem is null)
        {
            agent = LoadedAgent.Load(Path.GetFileNameWithoutExtension(path), path, out string why);
            problem = why;
        }

        if (agent is null)
        {
            Reason(problem!);
            return (int)AgentResult.NotInstalled;
        }

        if (action == AgentAction.MetaData)
        {
            Console.Out.WriteLine(agent.MetaData.TrimEnd());
            return 0;
        }

        return Call(agent, action, args[2..].ToArray());
    }

    public static bool TryAction(string word, out AgentAction action)
    {
        AgentAction? found = word switch
        {
            "start" => AgentAction.Start,
            "stop" => AgentAction.Stop,
            "monitor" or "status" => AgentAction.Monitor,
            "meta-data" or "metadata" => AgentAction.MetaData,
            "validate-all" => AgentAction.ValidateAll,
            _ => null,
        };
        action = found ?? AgentAction.Monitor;
        return found is not null;
    }

    /// <summary>OCF_RESKEY_name=value of this process, without what a cluster manager adds for itself.</summary>
    public static List<KeyValuePair<string, string>> Parameters()
    {
        List<KeyValuePair<string, string>> parameters = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith(ParameterPrefix, StringComparison.Ordinal)
                && !name.AsSpan(ParameterPrefix.Length).StartsWith(MetaPrefix, StringComparison.Ordinal)
                && name != ParameterPrefix + "crm_feature_set")
            {
                parameters.Add(new(name[ParameterPrefix.Length..], (string?)variable.Value ?? ""));
            }
        }

        parameters.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return parameters;
    }

    /// <summary>What OCF_RESKEY_CRM_meta_timeout leaves.</summary>
    public static long DeadlineNs()
    {
        bool given = long.TryParse(
            Environment.GetEnvironmentVariable("OCF_RESKEY_CRM_meta_timeout"), NumberStyles.None, CultureInfo.InvariantCulture,
            out long milliseconds);
        milliseconds = given && milliseconds is > 0 and < 86_400_000 ? milliseconds : DefaultTimeoutMs;
        return MonotonicClock.NowNs() + (milliseconds * 1_000_000);
    }

    public static void Reason(string text) => Console.Error.WriteLine(ProgramResult.ReasonPrefix + text);

    private static int Call(LoadedAgent agent, AgentAction action, string[] arguments)
    {
        string instance = Environment.GetEnvironmentVariable("OCF_RESOURCE_INSTANCE") ?? "default";
        AgentPaths paths = new() { StateDirectory = Environment.GetEnvironmentVariable("HA_RSCTMP") ?? new AgentPaths().StateDirectory };
        string state = Environment.GetEnvironmentVariable(StateVariable) ?? PluginSearch.StateDirectory(paths, instance);
        try
        {
            _ = Directory.CreateDirectory(state, (UnixFileMode)0b111_000_000);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Reason(state + ": " + e.Message);
            return (int)AgentResult.Permission;
        }

        _ = uint.TryParse(
            Environment.GetEnvironmentVariable("OCF_CHECK_LEVEL"), NumberStyles.None, CultureInfo.InvariantCulture, out uint level);
        PluginCall call = new(instance, state, arguments, Parameters(), new StandardOutput());
        AgentResult result = agent.Run(call, action, level, DeadlineNs(), out string problem);
        if (problem.Length > 0)
        {
            Reason(problem);
        }

        return (int)result;
    }

    private sealed class StandardOutput : IPluginOutput
    {
        private readonly Stream _output = Console.OpenStandardOutput();
        private readonly Stream _errors = Console.OpenStandardError();

        public void Write(ReadOnlySpan<byte> bytes, bool isProblem) => (isProblem ? _errors : _output).Write(bytes);

        void IPluginOutput.Reason(string text) => ObjectExec.Reason(text);
    }
}
