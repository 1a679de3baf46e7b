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
        ("device", "use a disk as witness yet; expected the address of a third machine"),
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
