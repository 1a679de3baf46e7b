using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;

namespace Hbd.Daemon.Logging;

/// <summary>What the numbers of a message of the core stand for in a configuration.</summary>
internal static class ActionFields
{
    /// <param name="self">The node whose core says it.</param>
    /// <param name="reason">Of an agent's failure; empty: none is known.</param>
    public static MessageFields Of(ClusterConfig config, int self, in ClusterAction action, string reason = "")
    {
        GroupConfig? group = action.Group >= 0 && action.Group < config.Groups.Count ? config.Groups[action.Group] : null;
        return new MessageFields
        {
            Peer = config.Nodes[1 - self],
            Link = action.Link >= 0 && action.Link < config.Media.Count ? config.Media[action.Link].Name : "",
            Group = group?.Name ?? "",
            Resource = group is null ? "" : group.Resources[action.Resource].Name,
            Action = Words.Of(action.Agent),
            Result = MessageCatalog.HasResult(action.Message) ? Words.Of((AgentResult)action.A) : "",
            Text = reason.Length > 0 ? ": " + reason : "",
            Ping = action.Message is MessageId.PingUp or MessageId.PingDown ? config.Ping!.Targets[(int)action.B].Name : "",
            A = action.A,
            B = action.B,
        };
    }
}
