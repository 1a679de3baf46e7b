using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>A device and where its section, its agent and its brake stand.</summary>
internal sealed record StonithDraft(TomlPosition At, TomlPosition AgentAt, TomlPosition BrakeAt, StonithConfig Config);
