using System.Collections.Generic;
using Hbd.Core.Resources;

namespace Hbd.Plugins.Sdk;

/// <summary>One call of an agent.</summary>
/// <param name="DeadlineNs">On the monotonic clock. An agent that is late takes back what it did: hbd has given it
/// up.</param>
/// <param name="CheckLevel">OCF_CHECK_LEVEL of a monitor.</param>
public readonly record struct AgentRequest(
    AgentAction Action,
    string Instance,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    long DeadlineNs,
    int CheckLevel = 0);
