namespace Hbd.Plugins.Sdk;

/// <summary>A driver that may have to say "on" on the node itself after its boot, because "off" did not switch the node off but cut it off.</summary>
public interface IUnfencingDriver : IStonithDriver
{
    /// <summary>Null before its metadata was read.</summary>
    bool? Unfences { get; }
}
