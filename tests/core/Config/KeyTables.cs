using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Hbd.Core.Config;

namespace Hbd.Core.Tests.Config;

/// <summary>The keys that the binders know, by section: their own arrays, read out of them.</summary>
internal static class KeyTables
{
    public const string Top = "top level";
    public const string Resource = "resource";

    /// <summary>Which array belongs to which section, in the order of the page. One that is not named here fails the test.</summary>
    private static readonly (string Field, string Section)[] s_sections =
    [
        ("ConfigBinder.s_keys", Top),
        ("MediaBinder.s_mcastKeys", "[[mcast]]"),
        ("MediaBinder.s_bcastKeys", "[[bcast]]"),
        ("MediaBinder.s_ucastKeys", "[[ucast]]"),
        ("MediaBinder.s_serialKeys", "[[serial]]"),
        ("PingBinder.s_pingKeys", "[[ping]]"),
        ("PingBinder.s_groupKeys", "[[ping_group]]"),
        ("WitnessBinder.s_keys", "[witness]"),
        ("GroupTableBinder.s_keys", "[[group]]"),
        ("ResourceBinder.s_keys", Resource),
        ("ResourceBinder.s_startKeys", "start"),
        ("ResourceBinder.s_stopKeys", "stop"),
        ("ResourceBinder.s_monitorKeys", "monitor"),
        ("MonitorBinder.s_keys", "monitor"),
        ("MonitorBinder.s_deepKeys", "monitor.deep"),
        ("ModeBinder.s_timeKeys", "promote"),
        ("ModeBinder.s_timeKeys", "demote"),
        ("StonithBinder.s_keys", "[[stonith]]"),
        ("StonithBinder.s_brakeKeys", "brake"),
        ("DayToDayBinder.s_controlKeys", "[control]"),
        ("DayToDayBinder.s_respawnKeys", "[[respawn]]"),
        ("DayToDayBinder.s_hookKeys", "[hooks]"),
        ("MonitoringBinder.s_metricsKeys", "[metrics]"),
        ("MonitoringBinder.s_alertKeys", "[[alert]]"),
    ];

    /// <summary>Every key once, sections in the order of the page, keys in that of the binder.</summary>
    public static List<(string Section, string Key)> All()
    {
        Dictionary<string, string[]> arrays = Arrays();
        return s_sections.SelectMany(s => arrays[s.Field].Select(key => (s.Section, key))).Distinct().ToList();
    }

    /// <summary>Arrays of keys that no section is named for.</summary>
    public static List<string> Unknown() => Arrays().Keys.Except(s_sections.Select(s => s.Field)).ToList();

    private static Dictionary<string, string[]> Arrays()
    {
        const BindingFlags Fields = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public;
        return typeof(ConfigLoader).Assembly.GetTypes()
            .Where(type => type.Namespace == "Hbd.Core.Config.Binding")
            .SelectMany(type => type.GetFields(Fields))
            .Where(field => field.FieldType == typeof(string[]) && field.Name.EndsWith("eys", StringComparison.Ordinal))
            .ToDictionary(field => field.DeclaringType!.Name + "." + field.Name, field => (string[])field.GetValue(null)!);
    }
}
