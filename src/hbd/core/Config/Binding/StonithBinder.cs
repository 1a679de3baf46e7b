using Hbd.Core.Diagnostics;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>All [[stonith]] sections, in the order of the file.</summary>
internal sealed class StonithBinder(MessageList messages, string[]? nodes)
{
    private const string HostExpected = "the node this device can fence, or \"*\" for both";
    private const string PlugExpected = "what the device calls the node, such as \"3\" or { srv1 = \"3\", srv2 = \"4\" }";
    private const string SecretsExpected = "files by parameter such as { password = \"/etc/hbd/ipmi.pass\" }";
    private const string FileSuffix = "_file";
    private const int RetriesMax = 9;
    private const int BrakeCountMax = 100;
    private const int PlugChars = 255;

    /// <summary>One boot of a server takes minutes: three shots in half an hour are a machine that shoots back.</summary>
    private const int BrakeCountDefault = 3;

    private static readonly string[] s_keys =
    [
        "host", "agent", "name", "level", "params", "secrets", "plug", "method", "verify", "delay", "delay_random",
        "delay_holder", "timeout", "retries", "self_test", "unsafe", "brake",
    ];

    private static readonly string[] s_brakeKeys = ["count", "within"];
    private static readonly string[] s_methods = ["reboot", "cycle", "off"];

    /// <summary>Parameters that are secrets; other names ending in _file are the agent's own (identity_file).</summary>
    private static readonly string[] s_secretWords = ["pass", "secret", "community"];

    private static readonly TimeRange s_timeout = new(Duration.FromMilliseconds(100), Duration.FromSeconds(86_400));
    private static readonly TimeRange s_selfTest = new(Duration.Zero, Duration.FromSeconds(2_592_000));
    private static readonly TimeRange s_delay = new(Duration.Zero, Duration.FromSeconds(3_600));
    private static readonly TimeRange s_within = new(Duration.FromSeconds(1), Duration.FromSeconds(2_592_000));

    public List<StonithDraft> Bind(TomlTable root)
    {
        List<StonithDraft> drafts = [];
        SortedDictionary<string, TomlPosition> names = new(System.StringComparer.Ordinal);
        foreach (TomlTable table in TomlLists.Tables(root, "stonith", messages))
        {
            Section section = new(table, "[[stonith]]", s_keys, messages);
            section.RefuseUnknownKeys();
            BindSection(section, drafts, names);
        }

        if (drafts.Count > Limits.StonithDevices)
        {
            messages.Error(drafts[Limits.StonithDevices].At, "too many fencing devices; expected at most "
                + Limits.StonithDevices.ToString(CultureInfo.InvariantCulture));
        }

        return drafts;
    }

    private void BindSection(Section section, List<StonithDraft> drafts, SortedDictionary<string, TomlPosition> names)
    {
        TomlString? agent = section.Text("agent", StonithAgentText.Expected, required: true);
        StonithAgentText? parsed = agent is null ? null : StonithAgentText.Parse(agent, messages);
        List<int> hosts = BindHosts(section);
        string? name = BindName(section);
        string?[] plugs = BindPlug(section);
        (List<KeyValuePair<string, string>> parameters, List<KeyValuePair<string, string>> secrets) = BindParameters(section);
        StonithConfig? common = BindRest(section, parsed, agent?.Text ?? "", parameters, secrets);
        foreach (int host in common is null ? [] : hosts)
        {
            string own = name is null
                ? Names.Sanitise(common!.Agent) + "_" + nodes![host]
                : hosts.Count > 1 ? name + "_" + nodes![host] : name;
            own = Unique(own, name is null, section.At("name"), names);
            StonithConfig device = common! with { Name = own, Node = host, Plug = plugs[host] };
            drafts.Add(new StonithDraft(section.Position, section.At("agent"), section.At("brake"), device));
        }
    }

    private List<int> BindHosts(Section section)
    {
        if (section.Text("host", HostExpected, required: true) is not { } host || nodes is null)
        {
            return [];
        }

        if (host.Text == "*")
        {
            return [0, 1];
        }

        if (NodesBinder.Find(nodes, host.Text) is { } node)
        {
            return [node];
        }

        messages.Error(host.Position, $"host \"{Shown.Word(host.Text)}\" is not one of the nodes; expected "
            + Shown.OneOf(nodes) + " or *" + NearestWord.Hint(host.Text, nodes));
        return [];
    }

    private string? BindName(Section section)
    {
        const string Expected = "a name of 1 to 64 letters, digits, '_', '.' or '-'";
        if (section.Text("name", Expected, required: false) is not { } name)
        {
            return null;
        }

        if (!Names.IsWord(name.Text) || name.Text.Length > Limits.NodeNameChars)
        {
            messages.Error(name.Position, $"name \"{Shown.Word(name.Text)}\" is no name; expected {Expected}");
        }

        return name.Text;
    }

    private string Unique(string name, bool made, TomlPosition at, SortedDictionary<string, TomlPosition> names)
    {
        string unique = name;
        for (int i = 2; names.ContainsKey(unique); i++)
        {
            if (!made)
            {
                messages.Error(at, $"stonith \"{Shown.Word(name)}\" is already defined in line "
                    + names[unique].Line.ToString(CultureInfo.InvariantCulture) + "; expected a name of its own");
                return name;
            }

            unique = name + "_" + i.ToString(CultureInfo.InvariantCulture);
        }

        names.Add(unique, at);
        return unique;
    }

    private string?[] BindPlug(Section section)
    {
        string?[] plugs = [null, null];
        switch (section.Find("plug")?.Value)
        {
            case null:
                break;
            case TomlTable map when nodes is not null:
                BindPlugMap(map, plugs, nodes);
                break;
            case TomlTable:
                break;
            case { } value:
                plugs[0] = plugs[1] = Plug(value);
                break;
        }

        return plugs;
    }

    private void BindPlugMap(TomlTable map, string?[] plugs, string[] names)
    {
        foreach (TomlEntry entry in map.Entries)
        {
            if (NodesBinder.Find(names, entry.Key) is { } node)
            {
                plugs[node] = Plug(entry.Value);
            }
            else
            {
                messages.Error(entry.Position, $"\"{Shown.Word(entry.Key)}\" is not one of the nodes; expected "
                    + Shown.OneOf(names) + NearestWord.Hint(entry.Key, names));
            }
        }
    }

    private string? Plug(TomlValue value)
    {
        string? text = value switch
        {
            TomlString word => word.Text,
            TomlInteger number => number.Number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        if (text is { Length: > 0 and <= PlugChars } && text[0] != '-' && !HasControl(text))
        {
            return text;
        }

        messages.Error(value.Position, $"plug is {(text is null ? value.Kind : "\"" + Shown.Word(text) + "\"")}; expected {PlugExpected}");
        return null;
    }

    /// <summary>params and secrets; a parameter password_file is the secret password.</summary>
    private (List<KeyValuePair<string, string>> Parameters, List<KeyValuePair<string, string>> Secrets) BindParameters(Section section)
    {
        List<KeyValuePair<string, string>> parameters = [];
        List<KeyValuePair<string, string>> secrets = [];
        if (section.Table("params", ParametersBinder.Expected, required: false) is { } written)
        {
            foreach (KeyValuePair<string, string> parameter in ParametersBinder.Bind(written, messages))
            {
                TomlPosition at = written.Find(parameter.Key)!.Value.Position;
                bool file = parameter.Key.EndsWith(FileSuffix, System.StringComparison.Ordinal);
                if (file && IsSecret(parameter.Key))
                {
                    AddSecret(secrets, parameter.Key[..^FileSuffix.Length], parameter.Value, at);
                    continue;
                }

                WarnIfSecret(parameter, at);
                RefuseControl(parameter, at);
                parameters.Add(parameter);
            }
        }

        if (section.Table("secrets", SecretsExpected, required: false) is { } files)
        {
            foreach (KeyValuePair<string, string> secret in ParametersBinder.Bind(files, messages))
            {
                AddSecret(secrets, secret.Key, secret.Value, files.Find(secret.Key)!.Value.Position);
            }
        }

        return (parameters, secrets);
    }

    private void AddSecret(List<KeyValuePair<string, string>> secrets, string name, string path, TomlPosition at)
    {
        if (!path.StartsWith('/'))
        {
            messages.Error(at, $"the file of secret {Shown.Word(name)} is \"{Shown.Word(path)}\"; expected an absolute path");
        }

        foreach (KeyValuePair<string, string> secret in secrets)
        {
            if (secret.Key == name)
            {
                messages.Error(at, $"secret {Shown.Word(name)} is given twice; expected one file");
            }
        }

        secrets.Add(new KeyValuePair<string, string>(name, path));
    }

    private void WarnIfSecret(KeyValuePair<string, string> parameter, TomlPosition at)
    {
        // passwd_script and the like are programs or switches, not secrets.
        if (IsSecret(parameter.Key) && !parameter.Key.EndsWith("_script", System.StringComparison.Ordinal))
        {
            messages.Warn(at, $"parameter {Shown.Word(parameter.Key)} is a secret in a file everybody may read; better "
                + $"{Shown.Word(parameter.Key)}_file = \"/etc/hbd/…\", a file that only root may read");
        }
    }

    /// <summary>A parameter is one line on the standard input of a program.</summary>
    private void RefuseControl(KeyValuePair<string, string> parameter, TomlPosition at)
    {
        if (HasControl(parameter.Value))
        {
            messages.Error(at, $"parameter {Shown.Word(parameter.Key)} holds a control character; expected one line of text");
        }
    }

    private static bool HasControl(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSecret(string name)
    {
        foreach (string word in s_secretWords)
        {
            if (name.Contains(word, System.StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private StonithConfig? BindRest(
        Section section, StonithAgentText? agent, string written, List<KeyValuePair<string, string>> parameters,
        List<KeyValuePair<string, string>> secrets)
    {
        // A human needs longer than a management board, and is not asked twice.
        bool human = agent?.Kind == StonithKind.Meatware;
        bool testable = agent?.Kind is not (StonithKind.Meatware or StonithKind.Null);
        (int brakeCount, Duration brakeWithin) = BindBrake(section);
        StonithConfig config = new()
        {
            Name = "",
            Node = 0,
            Level = section.Integer("level", 1, 1, Limits.StonithLevels),
            Kind = agent?.Kind ?? StonithKind.Null,
            Type = agent?.Type ?? "",
            Agent = written,
            Parameters = parameters,
            Secrets = secrets,
            Plug = null,
            Method = BindMethod(section),
            Verify = section.Boolean("verify"),
            Delay = section.Time("delay", s_delay) ?? Duration.Zero,
            DelayRandom = section.Time("delay_random", s_delay) ?? Duration.Zero,
            DelayHolder = section.Time("delay_holder", s_delay) ?? Duration.Zero,
            Timeout = section.Time("timeout", s_timeout) ?? Duration.FromSeconds(human ? 86_400 : 60),
            Retries = section.Integer("retries", human ? 0 : 1, 0, RetriesMax),
            SelfTest = section.Time("self_test", s_selfTest) ?? Duration.FromSeconds(testable ? 3_600 : 0),
            Unsafe = section.Boolean("unsafe") ?? false,
            BrakeCount = brakeCount,
            BrakeWithin = brakeWithin,
        };
        return agent is null ? null : Checked(section, config);
    }

    /// <summary>What this kind of device cannot do is refused here and not found out when it is needed.</summary>
    private StonithConfig Checked(Section section, StonithConfig config)
    {
        if (config.Unsafe && !config.ProvesNothing)
        {
            messages.Error(section.At("unsafe"), $"unsafe is for devices that prove nothing, such as \"null\", and {config.Agent} "
                + "is none; remove the key");
        }

        if (config.Verify == true && config.Kind is not (StonithKind.FenceAgent or StonithKind.Nut or StonithKind.Plugin))
        {
            messages.Error(section.At("verify"), $"{config.Agent} cannot say whether a node is off; remove the key");
        }

        if (config.Method != StonithMethod.Cycle && config.Kind == StonithKind.RcdSerial && section.Find("method") is not null)
        {
            messages.Error(section.At("method"), "rcd_serial can only press the reset button; expected method = \"cycle\"");
        }

        return config;
    }

    private StonithMethod BindMethod(Section section)
    {
        if (section.Text("method", Shown.OneOf(s_methods), required: false) is not { } text)
        {
            return StonithMethod.Reboot;
        }

        int index = System.Array.IndexOf(s_methods, text.Text);
        if (index < 0)
        {
            messages.Error(text.Position, $"method \"{Shown.Word(text.Text)}\" is unknown; expected "
                + Shown.OneOf(s_methods) + NearestWord.Hint(text.Text, s_methods));
        }

        return (StonithMethod)System.Math.Max(0, index);
    }

    private (int Count, Duration Within) BindBrake(Section section)
    {
        Duration within = Duration.FromSeconds(1_800);
        if (section.Table("brake", "such as { count = 3, within = \"30m\" }", required: false) is not { } table)
        {
            return (BrakeCountDefault, within);
        }

        Section brake = new(table, "brake", s_brakeKeys, messages);
        brake.RefuseUnknownKeys();
        return (brake.Integer("count", BrakeCountDefault, 0, BrakeCountMax), brake.Time("within", s_within) ?? within);
    }
}
