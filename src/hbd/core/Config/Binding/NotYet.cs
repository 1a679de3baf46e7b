using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// What hbd.toml can say and this version cannot do. Each is read and checked like the rest and then refused: a safety
/// setting that is silently ignored is worse than none. A version that can do one of them deletes its line here.
/// </summary>
internal static class NotYet
{
    private static readonly (string Key, string Cannot)[] s_refused =
    [
        ("ping", "watch ping nodes yet; remove the key"),
        ("ping_group", "watch ping nodes yet; remove the section"),
        ("deadping", "watch ping nodes yet; remove the key"),
        ("watchdog", "feed a watchdog device yet; remove the key or set it to \"none\""),
        ("device", "use a disk as witness yet; expected the address of a third machine"),
        ("require", "ask for this proof yet; expected \"fence\", \"witness\" or \"none\""),
        ("split_brain", "act on a split brain yet; remove the key or set it to \"ignore\""),
        ("migration_threshold", "count failures yet; remove the key"),
        ("failure_timeout", "count failures yet; remove the key"),
    ];

    public static void Refuse(MessageList messages, TomlPosition at, string key)
    {
        foreach ((string refused, string cannot) in s_refused)
        {
            if (refused == key)
            {
                messages.Error(at, $"{key}: this version of hbd cannot {cannot}");
            }
        }
    }
}
