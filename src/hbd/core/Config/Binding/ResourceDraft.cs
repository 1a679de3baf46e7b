using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>A resource that still lacks its name, because names are unique over all groups.</summary>
/// <param name="Name">As the file gives it, or null: it is made from the agent and its first argument.</param>
internal sealed record ResourceDraft(TomlPosition At, string? Name, ResourceConfig Resource);
