using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using Hbd.Core.Config;

namespace Hbd.Core.Tests.Config;

/// <summary>
/// A file with one section of every kind, in which any one key can be set, changed or left out: what the binder then says is what
/// it takes.
/// </summary>
internal sealed class KeyProbe
{
    private const string Peers = "{ srv1 = \"10.0.1.1\", srv2 = \"10.0.1.2\" }";

    private readonly Dictionary<string, List<(string Key, string Value)>> _sections = new()
    {
        [KeyTables.Top] = [("nodes", "[\"srv1\", \"srv2\"]")],
        ["[[mcast]]"] = [("interface", "\"eth0\""), ("group", "\"239.192.0.94\"")],
        ["[[bcast]]"] = [("interface", "\"eth0\"")],
        ["[[ucast]]"] = [("peer", Peers)],
        ["[[serial]]"] = [("device", "\"/dev/ttyS0\""), ("baud", "115200")],
        ["[[ping]]"] = [("address", "\"10.0.0.253\"")],
        ["[[ping_group]]"] = [("name", "\"g\""), ("addresses", "[\"10.0.0.254\"]")],
        ["[witness]"] = [("address", "\"10.0.0.9\"")],
        ["[[stonith]]"] = [("host", "\"*\""), ("agent", "\"fence_x\"")],
        ["[control]"] = [],
        ["[[respawn]]"] = [("user", "\"nobody\""), ("program", "\"/bin/w\"")],
        ["[hooks]"] = [],
        ["[metrics]"] = [("listen", "\"127.0.0.1:9694\"")],
        ["[[alert]]"] = [("program", "\"/bin/a\"")],
        ["[[group]]"] = [("name", "\"g\""), ("node", "\"srv1\"")],
        [KeyTables.Resource] = [("agent", "\"ocf:linbit:drbd\""), ("role", "\"promotable\"")],
        ["start"] = [],
        ["stop"] = [],
        ["monitor"] = [],
        ["monitor.deep"] = [("level", "10"), ("interval", "\"1m\"")],
        ["promote"] = [],
        ["demote"] = [],
        ["brake"] = [],
    };

    /// <summary>Sets the key, whatever stood there before.</summary>
    public KeyProbe Set(string section, string key, string value)
    {
        Without(section, key);
        _sections[section].Add((key, value));
        return this;
    }

    public KeyProbe Without(string section, string key)
    {
        _sections[section].RemoveAll(entry => entry.Key == key);
        return this;
    }

    public ConfigLoadResult Load() => ConfigLoader.Load("hbd.toml", Encoding.UTF8.GetBytes(Text()));

    /// <summary>Everything a configuration says, for a comparison.</summary>
    public static string Shown(object? value)
    {
        switch (value)
        {
            case null:
                return "none";
            case string text:
                return text;
            case IDictionary map:
                return string.Join(',', map.Keys.Cast<object>().Select(k => Shown(k) + ":" + Shown(map[k])));
            case IEnumerable items:
                return "[" + string.Join(',', items.Cast<object>().Select(Shown)) + "]";
        }

        Type type = value.GetType();
        if (type.IsEnum || type.IsValueType || type.Namespace?.StartsWith("Hbd.", StringComparison.Ordinal) != true)
        {
            return value.ToString()!;
        }

        IEnumerable<PropertyInfo> properties = type.GetProperties().Where(p => p.GetIndexParameters().Length == 0);
        return type.Name + "(" + string.Join(',', properties.Select(p => p.Name + "=" + Shown(p.GetValue(value)))) + ")";
    }

    private string Text()
    {
        StringBuilder text = new();
        Lines(text, KeyTables.Top);
        foreach (string section in _sections.Keys.Where(name => name[0] == '['))
        {
            if (_sections[KeyTables.Top].Exists(entry => entry.Key == section.Trim('[', ']')))
            {
                continue;
            }

            text.Append(section).Append('\n');
            Lines(text, section);
            text.Append(section == "[[stonith]]" ? Inline("brake", "{ ", " }\n") : "");
            text.Append(section == "[[group]]" && !_sections[section].Exists(entry => entry.Key == "resources")
                ? "resources = [" + ResourceTable() + "]\n"
                : "");
        }

        return text.ToString();
    }

    private string ResourceTable()
    {
        string[] actions = ["start", "stop", "promote", "demote"];
        List<string> parts = _sections[KeyTables.Resource].ConvertAll(Line);
        parts.AddRange(actions.Select(action => Inline(action, "{ ", " }")).Where(text => text.Length > 0));
        if (!_sections[KeyTables.Resource].Exists(entry => entry.Key == "monitor"))
        {
            List<string> monitor = _sections["monitor"].ConvertAll(Line);
            if (!_sections["monitor"].Exists(entry => entry.Key == "deep"))
            {
                monitor.Add("deep = [{ " + string.Join(", ", _sections["monitor.deep"].Select(Line)) + " }]");
            }

            parts.Add("monitor = { " + string.Join(", ", monitor) + " }");
        }

        return "{ " + string.Join(", ", parts) + " }";
    }

    private string Inline(string table, string before, string after) => _sections[table].Count == 0
        ? ""
        : table + " = " + before + string.Join(", ", _sections[table].Select(Line)) + after;

    private void Lines(StringBuilder text, string section)
    {
        foreach ((string Key, string Value) entry in _sections[section])
        {
            text.Append(Line(entry)).Append('\n');
        }
    }

    private static string Line((string Key, string Value) entry) => entry.Key + " = " + entry.Value;
}
