using System.Collections.Generic;
using Hbd.Core.Resources;

namespace Hbd.Plugins.Sdk;

/// <summary>
/// An agent that is a function call. Runs on a worker thread, may block up to the deadline of the request, must be
/// idempotent: start of what runs and stop of what does not are <see cref="AgentResult.Ok"/>. Several workers may be
/// in the
/// same agent at once, each for another resource.
/// </summary>
public interface IResourceAgent
{
    /// <summary>Names this agent answers to, the first being its own.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>OCF meta-data, as <c>meta-data</c> prints it.</summary>
    string MetaData { get; }

    /// <summary>Called once on every worker before its first action: what an action needs should be open by
    /// then.</summary>
    void PrepareThread();

    /// <summary>Checks the parameters without touching anything; null, or what is wrong and what would be
    /// right.</summary>
    string? Validate(in AgentRequest request);

    /// <summary>
    /// Why this agent by its nature does not do what is asked, while the program of the same name does; null: it does it.
    /// hbd then takes the program. Asked before <see cref="Validate"/>.
    /// </summary>
    string? Elsewhere(in AgentRequest request) => null;

    /// <summary>Never called for <see cref="AgentAction.MetaData"/> and <see
    /// cref="AgentAction.ValidateAll"/>.</summary>
    AgentResult Run(in AgentRequest request, IAgentOutput output);
}
