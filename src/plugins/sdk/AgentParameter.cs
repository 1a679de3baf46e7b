namespace Hbd.Plugins.Sdk;

/// <summary>What a parameter of an agent holds; decides how it is checked and what the meta-data calls it.</summary>
public enum ParameterKind
{
    Text,

    /// <summary>Absolute.</summary>
    Path,

    /// <summary>Not negative.</summary>
    Integer,
    Boolean,
}

/// <summary>One parameter of an agent.</summary>
/// <param name="Default">Null: none.</param>
public sealed record AgentParameter(
    string Name, ParameterKind Kind, string Short, string Long, string? Default = null, bool Required = false);
