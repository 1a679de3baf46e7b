using System.Collections.Generic;
using Hbd.Plugins.Agents.IPaddr;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents;

/// <summary>The agents that are linked into the binary.</summary>
public static class BuiltInAgents
{
    /// <param name="packets">For announcements; null where there is none.</param>
    public static IReadOnlyList<IResourceAgent> Create(PacketSocket? packets) => [new IPaddrAgent(packets)];
}
