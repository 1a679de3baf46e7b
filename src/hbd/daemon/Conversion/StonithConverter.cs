using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Hbd.Daemon.Conversion;

/// <param name="Host">The node it fences, or <c>*</c>.</param>
/// <param name="Secrets">Parameter and value; each becomes a file of its own.</param>
internal sealed record FencingDevice(
    string Host, string Agent, IReadOnlyList<KeyValuePair<string, string>> Parameters,
    IReadOnlyList<KeyValuePair<string, string>> Secrets, bool Unsafe);

/// <summary>
/// stonith and stonith_host. heartbeat has one device for each node that shoots, and the last line for it counts; the line says who shoots,
/// hbd's <c>host</c> who is shot.
/// </summary>
internal sealed class StonithConverter(Account account, IReadOnlyList<string> nodes, ConvertEnvironment environment)
{
    private const string External = "external/";
    private const string ProvesNothing =
        "this device proves nothing and is left out; groups are taken over from a silent peer without proof, as before. Use one that knows "
        + "(doc/fencing.md)";

    private static readonly char[] s_blanks = [' ', '\t', '\r', '\n'];
    private static readonly string[] s_hostNames = ["hostlist", "HOSTLIST", "hostname", "nodename"];
    private static readonly string[] s_secretWords = ["pass", "secret", "community"];
    private static readonly string[] s_builtIn = ["meatware", "rcd_serial"];

    public List<FencingDevice> Convert(IReadOnlyList<HaStonith> lines)
    {
        List<FencingDevice> devices = [];
        for (int i = 0; i < lines.Count; i++)
        {
            HaStonith line = lines[i];
            List<string> targets = [];
            for (int shooter = 0; shooter < nodes.Count; shooter++)
            {
                if (LastFor(lines, nodes[shooter]) == i)
                {
                    targets.Add(nodes[1 - shooter]);
                }
            }

            if (line.From != "*" && !nodes.Contains(line.From))
            {
                account.Refused(line.Line, "\"" + line.From + "\" is not one of the nodes; it fences nobody");
            }
            else if (targets.Count == 0)
            {
                account.Ignored(line.Line, "a later line is the one that counts, as in heartbeat");
            }
            else if (Device(line, [.. targets]) is { } device)
            {
                devices.Add(device);
            }
        }

        return devices;
    }

    /// <summary>Whether what heartbeat did was to wait for a device before a takeover.</summary>
    public static bool Proves(HaStonith line) => line.Type is not ("null" or "suicide");

    private static int LastFor(IReadOnlyList<HaStonith> lines, string node)
    {
        int last = -1;
        for (int i = 0; i < lines.Count; i++)
        {
            last = lines[i].From == "*" || lines[i].From == node ? i : last;
        }

        return last;
    }

    private FencingDevice? Device(HaStonith line, string[] targets)
    {
        if (!Proves(line))
        {
            account.Refused(line.Line, ProvesNothing);
            return null;
        }

        if ((environment.ParameterNames(line.Type) ?? Known(line.Type)) is not { Count: > 0 } names)
        {
            account.Refused(line.Line, "the names of its parameters are not known here; install the plugin and convert again, or write the "
                + "[[stonith]] by hand (doc/fencing.md)");
            return null;
        }

        if (Values(line, names) is not { } parameters)
        {
            return null;
        }

        string[] controlled = Controlled(parameters);
        string[] fenced = controlled.Length == 0 ? targets : [.. targets.Where(t => controlled.Contains(t))];
        if (fenced.Length == 0)
        {
            account.Refused(line.Line, "its list of hosts does not name " + string.Join(" or ", targets) + ", whom it would have to fence; mend the list");
            return null;
        }

        return Build(line, fenced.Length == 2 ? "*" : fenced[0], parameters);
    }

    private FencingDevice Build(HaStonith line, string host, List<KeyValuePair<string, string>> parameters)
    {
        bool builtIn = s_builtIn.Contains(line.Type);
        bool pulse = line.Type == "rcd_serial";
        string agent = builtIn || line.Type.StartsWith(External, StringComparison.Ordinal) ? line.Type : "glue:" + line.Type;
        if (builtIn)
        {
            parameters.RemoveAll(p => p.Key == "hostlist");
        }

        KeyValuePair<string, string>[] secrets = [.. parameters.FindAll(p => IsSecret(p.Key))];
        parameters.RemoveAll(p => IsSecret(p.Key));
        account.Translated(line.Line, "[[stonith]] agent = \"" + agent + "\" for " + (host == "*" ? "both nodes" : host)
            + (secrets.Length > 0 ? ", with " + string.Join(", ", Array.ConvertAll(secrets, s => s.Key)) + " in a file of its own" : "")
            + (pulse ? "; unsafe = true: hbd takes the word of a device that proves nothing, as heartbeat did" : ""));
        return new FencingDevice(host, agent, parameters, secrets, pulse);
    }

    /// <summary>By position; the last one takes the rest of the line.</summary>
    private List<KeyValuePair<string, string>>? Values(HaStonith line, IReadOnlyList<string> names)
    {
        string text = line.Values;
        if (line.Line.Words[0] == "stonith")
        {
            if (environment.ParameterFile(text) is not { } file)
            {
                account.Refused(line.Line, "the file with its parameters cannot be read here; convert on the node that has it");
                return null;
            }

            text = file.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && l[0] != '#') ?? "";
        }

        string[] words = text.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < names.Count)
        {
            account.Refused(line.Line, words.Length.ToString(CultureInfo.InvariantCulture) + " values for " + names.Count.ToString(CultureInfo.InvariantCulture)
                + " parameters; expected " + string.Join(' ', names));
            return null;
        }

        List<KeyValuePair<string, string>> values = [];
        for (int i = 0; i < names.Count; i++)
        {
            string value = i + 1 < names.Count ? words[i] : string.Join(' ', words.Skip(i));
            values.Add(new KeyValuePair<string, string>(names[i], value));
        }

        return values;
    }

    private static string[] Controlled(List<KeyValuePair<string, string>> parameters)
    {
        string hosts = parameters.Find(p => s_hostNames.Contains(p.Key)).Value ?? "";

        // Some plugins take NODE:PLUG or NODE=ADDRESS.
        return [.. hosts.Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries)
            .Select(h => h.Split(':', '=')[0].ToLowerInvariant())];
    }

    private static bool IsSecret(string name) => Array.Exists(s_secretWords, w => name.Contains(w, StringComparison.Ordinal))
        && !name.EndsWith("_script", StringComparison.Ordinal);

    private static string[]? Known(string type) => StonithNames.Known.TryGetValue(type, out string? names) ? names.Split(' ') : null;
}
