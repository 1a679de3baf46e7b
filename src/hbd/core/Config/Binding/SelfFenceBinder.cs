using System;
using Hbd.Core.Config.Toml;
using Hbd.Core.Diagnostics;

namespace Hbd.Core.Config.Binding;

/// <summary>What takes a node down that may no longer act: <c>split_brain</c>, <c>watchdog</c>, <c>watchdog_timeout</c>.</summary>
internal sealed class SelfFenceBinder(MessageList messages)
{
    private const string NoWatchdog = "none";
    private const string WatchdogExpected = "a device such as \"/dev/watchdog\", or \"none\"";
    private const string VoteExpected = "; expected one of ping, [[ping_group]] and witness beside it, or split_brain = \"ignore\"";

    private static readonly string[] s_policies = ["ignore", "freeze", "stop", "suicide"];
    private static readonly string[] s_votes = ["ping", "ping_group", "witness"];
    private static readonly Duration s_timeoutDefaultMax = Duration.FromSeconds(60);

    public SelfFenceSettings Bind(Section top, Duration deadtime)
    {
        SplitBrain policy = BindPolicy(top);
        string? device = BindWatchdog(top);
        Duration timeout = top.Time("watchdog_timeout", TimeRange.WatchdogTimeout) ?? DefaultTimeout(deadtime);
        if (top.Find("watchdog_timeout") is { } given)
        {
            bool none = top.Find("watchdog") is not { Value: var value } || value is TomlString { Text: NoWatchdog };
            CheckTimeout(given, timeout, none);
        }

        return new SelfFenceSettings(policy, device, timeout);
    }

    /// <summary>Deadtime in whole seconds, so that a node that hangs is gone about when its peer takes over.</summary>
    private static Duration DefaultTimeout(Duration deadtime)
    {
        Duration rounded = Duration.FromSeconds((deadtime.Nanoseconds + 999_999_999) / 1_000_000_000);
        Duration atMost = rounded < s_timeoutDefaultMax ? rounded : s_timeoutDefaultMax;
        return atMost > TimeRange.WatchdogTimeout.Min ? atMost : TimeRange.WatchdogTimeout.Min;
    }

    private SplitBrain BindPolicy(Section top)
    {
        if (top.Text("split_brain", Shown.OneOf(s_policies), required: false) is not { } text)
        {
            return SplitBrain.Ignore;
        }

        int policy = Array.IndexOf(s_policies, text.Text);
        if (policy < 0)
        {
            messages.Error(text.Position, $"split_brain \"{Shown.Word(text.Text)}\" is unknown; expected "
                + Shown.OneOf(s_policies) + NearestWord.Hint(text.Text, s_policies));
            return SplitBrain.Ignore;
        }

        if (policy > 0 && !Array.Exists(s_votes, v => top.Find(v) is not null))
        {
            messages.Missing(text.Position, $"split_brain \"{text.Text}\" asks a third vote, and none is configured" + VoteExpected);
        }

        return (SplitBrain)policy;
    }

    private string? BindWatchdog(Section top)
    {
        if (top.Text("watchdog", WatchdogExpected, required: false) is not { } text || text.Text == NoWatchdog)
        {
            return null;
        }

        if (!text.Text.StartsWith('/') || text.Text.Length < 2 || text.Text.Contains('\0', StringComparison.Ordinal))
        {
            messages.Error(text.Position, $"watchdog \"{Shown.Word(text.Text)}\" is no path; expected {WatchdogExpected}");
        }

        return text.Text;
    }

    private void CheckTimeout(TomlEntry given, Duration timeout, bool none)
    {
        if (timeout.Nanoseconds % 1_000_000_000 != 0)
        {
            messages.Error(given.Value.Position, $"watchdog_timeout {timeout} is not whole seconds, and a watchdog knows nothing else; "
                + "expected a time such as \"5s\"");
        }
        else if (none)
        {
            messages.Warn(given.Position, "watchdog_timeout is set, but no watchdog is");
        }
    }
}

/// <param name="Watchdog">A path, or null for none.</param>
internal readonly record struct SelfFenceSettings(SplitBrain SplitBrain, string? Watchdog, Duration WatchdogTimeout);
