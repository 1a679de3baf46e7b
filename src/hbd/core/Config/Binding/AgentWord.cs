using System.Collections.Generic;

namespace Hbd.Core.Config.Binding;

/// <summary>A resource as one word says it: which agent, with which positional arguments.</summary>
internal sealed record AgentWord(AgentClass Class, string? Provider, string Type, IReadOnlyList<string> Arguments)
{
    /// <summary>
    /// Moves an address: these agents know each other's argument and are stopped first when it matters.
    /// </summary>
    public bool IsAddress => Type is "IPaddr" or "IPaddr2" or "IPv6addr";
}
