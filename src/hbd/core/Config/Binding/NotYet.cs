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
        ("witness", "ask a witness yet; remove the key"),
        ("require", "ask for this proof yet; expected \"fence\" or \"none\""),
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
