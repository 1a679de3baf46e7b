namespace Hbd.Core.Config.Toml;

/// <summary>How a table came to be; decides who may still add to it.</summary>
internal enum TomlTableOrigin
{
    /// <summary>Named on the way to another header: one header or dotted keys may still define it.</summary>
    Implicit,

    /// <summary>Has its own [header], or is the root.</summary>
    Header,

    /// <summary>Made by dotted keys: only further dotted keys of the same section add to it.</summary>
    Dotted,

    /// <summary>Written between braces: complete, nobody adds to it.</summary>
    Inline,
}
