using System;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Agents.Sysctl;

/// <summary>A kernel setting on the node that runs the group; stop puts back what start has found.</summary>
/// <param name="root">/proc/sys, or a tree that stands in for it.</param>
public sealed class SysctlAgent(AgentStates states, string root = "/proc/sys") : DescribedAgent(s_description)
{
    private static readonly AgentDescription s_description = new(
        ["Sysctl"], "A kernel setting",
        "Sets a value below /proc/sys. Start remembers what it finds, stop puts that back, whatever is there by then.",
        [
            new("key", ParameterKind.Text, "Key", "net.ipv4.ip_forward; with slashes where a name has dots: net/ipv4/conf/eth0.7/forwarding.", Required: true),
            new("value", ParameterKind.Text, "Value", "What is set; blanks and tabs are the same.", Required: true),
        ],
        Positional: 2);

    protected override string? Check(AgentValues values)
    {
        string key = values.Text("key");
        foreach (string part in key.Split('.', '/'))
        {
            if (part.Length == 0)
            {
                return "key: \"" + key + "\" is not a key such as net.ipv4.ip_forward";
            }
        }

        return values.Text("value").Contains('\n', StringComparison.Ordinal) ? "value: more than one line" : null;
    }

    protected override AgentResult Start(AgentCall call)
    {
        string path = PathOf(call.Values);
        if (!File.Exists(path))
        {
            return call.Failed("this kernel has no " + path);
        }

        string found = File.ReadAllText(path).TrimEnd('\n');
        if (AgentStates.Read(StatePath(call)) is null)
        {
            AgentStates.Write(StatePath(call), path + "\n" + found);
        }

        if (!IsSet(found, call.Values))
        {
            File.WriteAllText(path, call.Values.Text("value") + "\n");
        }

        string now = File.ReadAllText(path);
        return IsSet(now, call.Values)
            ? AgentResult.Ok
            : call.Failed(path + " is " + Plain(now) + " after " + call.Values.Text("value") + " was written");
    }

    protected override AgentResult Stop(AgentCall call)
    {
        if (AgentStates.Read(StatePath(call)) is { } state)
        {
            // The path too: the key may be another one in the configuration by now.
            int line = state.IndexOf('\n', StringComparison.Ordinal);
            string path = line < 0 ? "" : state[..line];
            if (path.StartsWith(root + "/", StringComparison.Ordinal) && File.Exists(path))
            {
                File.WriteAllText(path, state[(line + 1)..] + "\n");
            }

            AgentStates.Remove(StatePath(call));
        }

        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
    {
        string path = PathOf(call.Values);
        if (AgentStates.Read(StatePath(call)) is null || !File.Exists(path))
        {
            return AgentResult.NotRunning;
        }

        string now = File.ReadAllText(path);
        return IsSet(now, call.Values) ? AgentResult.Ok : call.Failed(path + " is " + Plain(now) + " now: somebody has changed it");
    }

    private string StatePath(AgentCall call) => states.PathOf("Sysctl", call.Instance);

    /// <summary>As sysctl(8) does it: the first separator decides which one it is.</summary>
    private string PathOf(AgentValues values)
    {
        string key = values.Text("key");
        int first = key.AsSpan().IndexOfAny('.', '/');
        return root + "/" + (first >= 0 && key[first] == '/' ? key : key.Replace('.', '/'));
    }

    private static bool IsSet(string now, AgentValues values) => Plain(now) == Plain(values.Text("value"));

    private static string Plain(string value)
        => string.Join(' ', value.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
