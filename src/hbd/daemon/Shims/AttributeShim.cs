using System.Collections.Generic;
using Hbd.Daemon.Agents;

namespace Hbd.Daemon.Shims;

/// <summary>
/// <c>crm_attribute</c> and <c>crm_master</c>. The rules of which scope is meant are those of crm_attribute 2.1: nothing said is an
/// option of the cluster, a node is its permanent attributes, <c>-l reboot</c> and <c>-p</c> those that end with the boot.
/// </summary>
internal static class AttributeShim
{
    private const string Status = "status";
    private const string Nodes = "nodes";
    private const string Cluster = "crm_config";

    private static readonly ShimOption[] s_options =
    [
        new('n', ShimArgument.Required, "name", "attr-name"),
        new('i', ShimArgument.Required, "id", "attr-id"),
        new('s', ShimArgument.Required, "set-name"),
        new('v', ShimArgument.Required, "update", "attr-value"),
        new('G', ShimArgument.None, "query", "get-value"),
        new('D', ShimArgument.None, "delete", "delete-attr"),
        new('N', ShimArgument.Required, "node", "U", "node-uname", "uname"),
        new('t', ShimArgument.Required, "type"),
        new('z', ShimArgument.None, "utilization"),
        new('l', ShimArgument.Required, "lifetime"),
        new('p', ShimArgument.Optional, "promotion"),
        new('r', ShimArgument.Required, "resource"),
        new('d', ShimArgument.Required, "default"),
        new('q', ShimArgument.None, "quiet", "Q"),
        new('V', ShimArgument.None, "verbose"),
        new('!', ShimArgument.None, "inhibit-policy-engine"),
    ];

    public static int Run(string tool, IReadOnlyList<string> words, ShimContext context)
    {
        if (ShimArguments.Parse(words, s_options, out string problem) is not { } given)
        {
            return ShimProgram.Usage(tool, problem, context);
        }

        bool promotion = tool == "crm_master" || given.Has('p');
        string? resource = given.Value('p') ?? given.Value('r') ?? context.Instance;
        string? name = !promotion ? given.Value('n') ?? given.Value('i') : resource is null ? null : "master-" + resource;
        if (name is null)
        {
            return ShimProgram.Usage(
                tool, promotion ? "no resource: neither an option nor OCF_RESOURCE_INSTANCE names one" : "option --name is missing", context);
        }

        if (Scope(given, promotion, out problem) is not { } scope)
        {
            return ShimProgram.Usage(tool, problem, context);
        }

        string node = given.Value('N') ?? context.Node;
        if (scope != Cluster && !context.IsNode(node))
        {
            return ShimProgram.NotFound(tool, "node " + node, context);
        }

        return Act(tool, given, scope, node, name, context);
    }

    private static int Act(string tool, ShimArguments given, string scope, string node, string name, ShimContext context)
    {
        AttributeStore store = scope switch
        {
            Status => new AttributeStore(context.TransientDirectory, node),
            Nodes => new AttributeStore(context.PersistentDirectory, node),
            _ => new AttributeStore(context.PersistentDirectory, AttributeStore.ClusterFile),
        };
        string section = given.Has('z') ? "utilization" : scope;
        switch (given.Last("vGD", 'G'))
        {
            case 'v':
                store.Set(section, name, given.Value('v')!);
                return ShimExit.Ok;
            case 'D':
                // What is not there is deleted, as crm_attribute sees it.
                _ = store.Delete(section, name);
                if (given.Has('p') || tool == "crm_master")
                {
                    // Even if it never had a score: it has them, and says that it is not fit now.
                    store.Set(PromotionScore.Withdrawn, name, "");
                }

                return ShimExit.Ok;
            default:
                bool pair = scope == Cluster && ReplicationInfo.Is(name, context);
                string? there = pair ? ReplicationInfo.Read(store, section, name, context) : store.Get(section, name);
                if ((there ?? given.Value('d')) is not { } value)
                {
                    return ShimProgram.NotFound(tool, "attribute " + name, context);
                }

                context.Output.WriteLine(given.Has('q') ? value : $"scope={scope}  name={name} value={value}");
                return ShimExit.Ok;
        }
    }

    private static string? Scope(ShimArguments given, bool promotion, out string problem)
    {
        problem = "";
        string? lifetime = given.Value('l') ?? given.Value('t');
        switch (lifetime)
        {
            case "reboot" or Status:
                return Status;
            case "forever" or Nodes:
                return Nodes;
            case Cluster:
                return Cluster;
            case null:
                return promotion ? Status : given.Has('N') || given.Has('z') ? Nodes : Cluster;
            default:
                problem = "\"" + lifetime + "\" is no lifetime or type; expected reboot, forever, nodes, status or crm_config";
                return null;
        }
    }
}
