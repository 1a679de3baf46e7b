using System.Collections.Generic;
using Hbd.Core.Resources;

namespace Hbd.Plugins.Sdk;

/// <summary>
/// An agent that is a function call. Runs on a worker thread, may block up to the deadline of the request, must be
/// idempotent: start of what runs and stop of what does not are <see cref="AgentResult.Ok"/>.
/// </summary>
public interface IResourceAgent
{
    /// <summary>Names this agent answers to, the first being its own.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>OCF meta-data, as <c>meta-data</c> prints it.</summary>
    string MetaData { get; }

    /// <summary>Checks the parameters without touching anything; null, or what is wrong and what would be right.</summary>
    string? Validate(in AgentRequest request);

    AgentResult Run(in AgentRequest request, IAgentOutput output);
}

/// <summary>One call of an agent.</summary>
public readonly record struct AgentRequest(
    AgentAction Action,
    string Instance,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    long DeadlineNs);

/// <summary>Where an agent says why; one line a call, kept up to <c>Limits.AgentOutputBytes</c>.</summary>
public interface IAgentOutput
{
    void Reason(string text);
}
