using System;
using System.Threading;

namespace Hbd.Daemon.Shims;

/// <summary>
/// The attribute NAME_REPL_INFO of the whole cluster, in which the agents redis, mysql and mariadb keep whom to replicate from; mysql also where in
/// that node's log. The promoted node's agent sets it before the promotion is done. The peer's agent reads it when it hears of that, which can
/// be a moment before the attribute is there: what it would find then is what this node has set when it was promoted itself, and it would
/// replicate from itself for ever.
/// </summary>
internal static class ReplicationInfo
{
    private const string Suffix = "_REPL_INFO";
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The attribute is one that this class answers for: that of the own resource, which is promoted at the peer.</summary>
    public static bool Is(string name, ShimContext context) =>
        context.Type is "redis" or "mysql" or "mariadb" && context.Promoted is { } promoted && promoted != context.Node
            && name == context.Instance + Suffix;

    /// <summary>Null: nothing of the promoted node's within <see cref="ShimContext.Patience"/>.</summary>
    /// <exception cref="System.IO.IOException">A file of attributes cannot be read.</exception>
    public static string? Read(AttributeStore cluster, string section, string name, ShimContext context)
    {
        if (context.Type == "redis")
        {
            // It keeps the name alone, and hbd knows that itself.
            return context.Promoted;
        }

        for (long end = Environment.TickCount64 + (long)context.Patience.TotalMilliseconds; ; Thread.Sleep(s_pause))
        {
            if (cluster.Get(section, name) is { Length: > 0 } value && !IsOwn(value, context))
            {
                return value;
            }

            if (Environment.TickCount64 >= end)
            {
                return null;
            }
        }
    }

    /// <summary>Its first word is this node's name, or the address that the administrator has given this node for it.</summary>
    private static bool IsOwn(string value, ShimContext context)
    {
        string host = value.Split('|')[0];
        return host == context.Node
            || host == new AttributeStore(context.PersistentDirectory, context.Node).Get("nodes", context.Instance + "_mysql_master_IP");
    }
}
