using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>[control], [[respawn]] and [hooks].</summary>
internal sealed class DayToDayBinder(MessageList messages)
{
    private const string GroupExpected = "the name or number of a Unix group, such as \"hbd-operator\"";
    private const string UserExpected = "the name or number of a user, such as \"nobody\"";
    private const string ProgramExpected = "the absolute path of a program";
    private const string ArgumentsExpected = "a list of strings, such as [\"--all\"]";
    private const string DirectoryExpected = "an absolute path, such as \"/etc/hbd/rc.d\"";
    private static readonly Duration s_hookTimeout = Duration.FromSeconds(30);
    private static readonly string[] s_controlKeys = ["viewer_group", "operator_group", "admin_group"];
    private static readonly string[] s_respawnKeys = ["user", "program", "args"];
    private static readonly string[] s_hookKeys = ["directory", "timeout"];

    public ControlConfig BindControl(Section top)
    {
        if (top.Table("control", "a section [control]", required: false) is not { } table)
        {
            return new ControlConfig();
        }

        Section section = new(table, "[control]", s_controlKeys, messages);
        section.RefuseUnknownKeys();
        return new ControlConfig
        {
            ViewerGroup = Account(section, "viewer_group", GroupExpected, required: false),
            OperatorGroup = Account(section, "operator_group", GroupExpected, required: false),
            AdminGroup = Account(section, "admin_group", GroupExpected, required: false),
        };
    }

    public List<RespawnConfig> BindRespawn(TomlTable root)
    {
        List<RespawnConfig> clients = [];
        foreach (TomlTable table in TomlLists.Tables(root, "respawn", messages))
        {
            Section section = new(table, "[[respawn]]", s_respawnKeys, messages);
            section.RefuseUnknownKeys();
            string? user = Account(section, "user", UserExpected, required: true);
            string? program = Path(section, "program", ProgramExpected, required: true);
            TomlArray? array = section.Array("args", ArgumentsExpected, required: false);
            List<TomlString> args = array is null ? [] : TomlLists.Strings(array, "args", ArgumentsExpected, messages);
            if (args.Find(a => a.Text.Contains('\0', System.StringComparison.Ordinal)) is { } bad)
            {
                messages.Error(bad.Position, "an argument of a program cannot hold a null character");
            }

            clients.Add(new RespawnConfig(user ?? "", program ?? "", args.ConvertAll(a => a.Text)));
            if (clients.Count == Limits.RespawnClients + 1)
            {
                messages.Error(section.Position, "too many sections [[respawn]]; expected at most "
                    + Limits.RespawnClients.ToString(CultureInfo.InvariantCulture));
            }
        }

        return clients;
    }

    public HooksConfig? BindHooks(Section top)
    {
        if (top.Table("hooks", "a section [hooks]", required: false) is not { } table)
        {
            return null;
        }

        Section section = new(table, "[hooks]", s_hookKeys, messages);
        section.RefuseUnknownKeys();
        string directory = Path(section, "directory", DirectoryExpected, required: false) ?? "/etc/hbd/rc.d";
        return new HooksConfig(directory, section.Time("timeout", TimeRange.ActionTimeout) ?? s_hookTimeout);
    }

    private string? Account(Section section, string key, string expected, bool required)
    {
        if (section.Text(key, expected, required) is not { } text)
        {
            return null;
        }

        bool good = Names.IsWord(text.Text) && text.Text.Length <= Limits.NodeNameChars;
        if (!good)
        {
            messages.Error(text.Position, $"{key} \"{Shown.Word(text.Text)}\" is no name; expected {expected}");
        }

        return good ? text.Text : null;
    }

    private string? Path(Section section, string key, string expected, bool required)
    {
        if (section.Text(key, expected, required) is not { } text)
        {
            return null;
        }

        bool good = text.Text.StartsWith('/') && text.Text.Length <= Limits.PathChars && !text.Text.Contains('\0', System.StringComparison.Ordinal);
        if (!good)
        {
            messages.Error(text.Position, $"{key} \"{Shown.Word(text.Text)}\" is no absolute path; expected {expected}");
        }

        return good ? text.Text : null;
    }
}
