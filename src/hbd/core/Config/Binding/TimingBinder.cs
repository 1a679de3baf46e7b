using System.Globalization;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>The four times, their classic defaults, and how they must relate.</summary>
internal sealed class TimingBinder(MessageList messages)
{
    private static readonly Duration s_keepaliveDefault = Duration.FromSeconds(1);
    private static readonly Duration s_deadtimeDefault = Duration.FromSeconds(30);

    /// <summary>Waits of 1/2, 1/4 and 1/8 keepalive.</summary>
    private const int ProbesMin = 8;

    /// <summary>
    /// A machine needs about this long to boot and bring its network up; less than this is worth a warning.
    /// </summary>
    private static readonly Duration s_initdeadUsual = Duration.FromSeconds(10);

    public Timing Bind(Section top)
    {
        Setting keepalive = Read(top, "keepalive", TimeRange.Keepalive, s_keepaliveDefault);
        Setting deadtime = Read(top, "deadtime", TimeRange.Deadtime, s_deadtimeDefault);
        Setting warntime = Read(top, "warntime", TimeRange.Warntime, deadtime.Value / 2);
        Setting initdead = Read(top, "initdead", TimeRange.Initdead, InitdeadDefault(deadtime.Value));

        Require(keepalive, warntime, keepalive.Value < warntime.Value, "is not shorter than",
            "keepalive < warntime < deadtime");
        Require(warntime, deadtime, warntime.Value < deadtime.Value, "is not shorter than",
            "keepalive < warntime < deadtime");
        Require(deadtime, keepalive, deadtime.Value > keepalive.Value * 2, "is not more than twice",
            "deadtime > 2 x keepalive");
        Require(deadtime, initdead, deadtime.Value <= initdead.Value, "is longer than", "deadtime <= initdead");
        if (initdead is { Valid: true, Where: not null } && initdead.Value < s_initdeadUsual)
        {
            messages.Warn(initdead.Where.Value,
                $"initdead {initdead.Value} is short: a peer that is still booting is declared "
                + $"dead; {s_initdeadUsual} or more is usual");
        }

        Setting probeMin = Read(top, "probe_min", TimeRange.ProbeMin, Duration.Zero);
        Require(probeMin, keepalive, probeMin.Value * ProbesMin <= keepalive.Value, "is too long for",
            "probe_min <= keepalive / 8, so that three probes at least go unanswered before a node is called dead");
        return new Timing(keepalive.Value, warntime.Value, deadtime.Value, initdead.Value, probeMin.Value);
    }

    /// <summary>As the classic parser computes it.</summary>
    private static Duration InitdeadDefault(Duration deadtime)
    {
        if (deadtime > Duration.FromSeconds(10))
        {
            return deadtime;
        }

        return deadtime < Duration.FromSeconds(6) ? Duration.FromSeconds(12) : deadtime * 2;
    }

    private static Setting Read(Section top, string key, TimeRange range, Duration fallback)
    {
        bool given = top.Find(key) is not null;
        Duration? value = top.Time(key, range);
        return new Setting(key, value ?? fallback, given ? top.At(key) : null, Valid: !given || value is not null);
    }

    /// <summary>A setting that is wrong by itself says nothing about others.</summary>
    private void Require(Setting a, Setting b, bool holds, string relation, string expected)
    {
        if (holds || !a.Valid || !b.Valid || (a.Where ?? b.Where) is not { } at)
        {
            return;
        }

        messages.Error(at, $"{a.Describe(at)} {relation} {b.Describe(at)}; expected {expected}");
    }

    private readonly record struct Setting(string Key, Duration Value, TomlPosition? Where, bool Valid)
    {
        /// <summary>Names the place too, unless the message stands there already.</summary>
        public string Describe(TomlPosition messageAt)
        {
            string where = Where is not { } at ? " (by default)"
                : at == messageAt ? ""
                : string.Create(CultureInfo.InvariantCulture, $" (line {at.Line}, column {at.Column})");
            return $"{Key} {Value}{where}";
        }
    }
}
