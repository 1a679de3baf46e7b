using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config.Toml;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>The recurring monitors of a resource, and what its failures lead to.</summary>
/// <param name="usual">Top level <c>monitor_interval</c>: of every resource that does not say; zero for none.</param>
internal sealed class MonitorBinder(MessageList messages, Duration usual)
{
    private const string DeepExpected = "a list such as [{ level = 10, interval = \"1m\" }]";
    private const int LevelMax = 100;

    private static readonly string[] s_keys = ["interval", "timeout", "on_fail", "deep"];
    private static readonly string[] s_deepKeys = ["level", "interval", "timeout"];
    private static readonly string[] s_stopWords = ["block", "fence"];
    private static readonly string[] s_startWords = ["restart", "move"];
    private static readonly string[] s_monitorWords = ["restart", "move", "ignore"];

    /// <summary>Zero for never, or an interval that leaves the machine time for something else.</summary>
    public static Duration? ReadInterval(Section section, string key, MessageList messages)
    {
        Duration? interval = section.Time(key, TimeRange.MonitorInterval);
        if (interval is { } given && given > Duration.Zero && given < TimeRange.DeepInterval.Min)
        {
            messages.Error(section.At(key), $"{key} {given} is out of range; expected 0s for never, or from 100ms to 24h");
        }

        return interval;
    }

    /// <summary>For a resource of which only the word is written.</summary>
    public IReadOnlyList<MonitorConfig> Usual() =>
        usual > Duration.Zero ? [new MonitorConfig(0, usual, ActionTimes.Default.Monitor)] : [];

    public List<MonitorConfig> Bind(Section resource, Duration timeout)
    {
        List<MonitorConfig> monitors = [];
        TomlTable? table = resource.Find("monitor") is { Value: TomlTable given } ? given : null;
        Section? section = table is null ? null : new Section(table, "monitor", s_keys, messages);
        Duration interval = section is null ? usual : ReadInterval(section, "interval", messages) ?? usual;
        if (interval > Duration.Zero)
        {
            monitors.Add(new MonitorConfig(0, interval, timeout));
        }

        if (section?.Array("deep", DeepExpected, required: false) is { } deep)
        {
            foreach (TomlValue item in deep.Items)
            {
                BindDeep(item, timeout, monitors);
            }
        }

        return monitors;
    }

    public OnFail OnStartFail(Section resource) => (OnFail)(BindOnFail(resource, "start", s_startWords) ?? (int)OnFail.Move);

    public OnFail OnMonitorFail(Section resource) => (OnFail)(BindOnFail(resource, "monitor", s_monitorWords) ?? (int)OnFail.Restart);

    public OnStopFail OnStopFail(Section resource) => (OnStopFail)(BindOnFail(resource, "stop", s_stopWords) + 1 ?? 0);

    private void BindDeep(TomlValue item, Duration timeout, List<MonitorConfig> monitors)
    {
        if (item is not TomlTable table)
        {
            messages.Error(item.Position, $"deep holds {item.Kind}; expected {DeepExpected}");
            return;
        }

        Section section = new(table, "a deep monitor", s_deepKeys, messages);
        section.RefuseUnknownKeys();
        int? level = section.RequiredInteger("level", 1, LevelMax);
        Duration? interval = section.Time("interval", TimeRange.DeepInterval);
        if (section.Find("interval") is null)
        {
            messages.Error(table.Position, "a deep monitor has no interval; expected interval = \"1m\"");
        }

        if (level is not { } number || interval is null)
        {
            return;
        }

        if (monitors.Exists(m => m.Level == number))
        {
            messages.Error(table.Position, "level " + number.ToString(CultureInfo.InvariantCulture)
                + " is monitored already; expected one monitor for each level");
            return;
        }

        monitors.Add(new MonitorConfig(number, interval.Value, section.Time("timeout", TimeRange.ActionTimeout) ?? timeout));
    }

    /// <summary>Place of the word among those allowed; null: not said.</summary>
    private int? BindOnFail(Section resource, string action, string[] words)
    {
        if (resource.Find(action) is not { Value: TomlTable table })
        {
            return null;
        }

        Section section = new(table, action, [.. s_keys], messages);
        if (section.Text("on_fail", Shown.OneOf(words), required: false) is not { } text)
        {
            return null;
        }

        int index = System.Array.IndexOf(words, text.Text);
        if (index < 0)
        {
            messages.Error(text.Position, $"on_fail \"{Shown.Word(text.Text)}\" is unknown for {action}; expected "
                + Shown.OneOf(words) + NearestWord.Hint(text.Text, words));
        }

        return index < 0 ? null : index;
    }
}
