using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Stonith.Shared;

/// <summary>The contract between a daemon and <c>hbd stonith exec</c>: words, input and exit codes.</summary>
public static class SharedStonith
{
    /// <summary>Added to a code of hbd_stonith.h other than OK: no program ends with these by accident.</summary>
    public const int ExitBase = 40;

    private static readonly string[] s_words =
        ["off", "on", "reboot", "status", "monitor", "list", "validate-all", "meta-data"];

    /// <summary>The number of an action in hbd_stonith.h, or -1.</summary>
    public static int ActionOf(string word) => System.Array.IndexOf(s_words, word);

    public static string Word(StonithOperation operation) => operation switch
    {
        StonithOperation.Off => "off",
        StonithOperation.On => "on",
        StonithOperation.Reset => "reboot",
        StonithOperation.Status => "status",
        StonithOperation.Hosts => "list",
        StonithOperation.MetaData => "meta-data",
        _ => "monitor",
    };
}
