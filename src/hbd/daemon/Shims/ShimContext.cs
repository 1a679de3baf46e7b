using System;
using System.Collections.Generic;
using System.IO;

namespace Hbd.Daemon.Shims;

/// <summary>What a shim knows of the pair: what the daemon gave its agent in the environment, and no more.</summary>
internal sealed record ShimContext
{
    /// <summary>Environment variable: directory of attributes that end with this boot.</summary>
    public const string TransientVariable = "HBD_ATTRIBUTES";

    /// <summary>Environment variable: directory of attributes that outlive it.</summary>
    public const string PersistentVariable = "HBD_ATTRIBUTES_FOREVER";

    /// <summary>Environment variable: both nodes, with a blank between them; their place is their id, from 1 on.</summary>
    public const string NodesVariable = "HBD_NODES";

    public const string DefaultTransient = "/run/hbd/attributes";
    public const string DefaultPersistent = "/var/lib/hbd/attributes";

    public required string Node { get; init; }

    public required IReadOnlyList<string> Nodes { get; init; }

    public required string TransientDirectory { get; init; }

    public required string PersistentDirectory { get; init; }

    /// <summary>OCF_RESOURCE_INSTANCE; null outside an agent.</summary>
    public required string? Instance { get; init; }

    public required TextWriter Output { get; init; }

    public required TextWriter Errors { get; init; }

    public static ShimContext OfProcess()
    {
        string node = Environment.GetEnvironmentVariable("HA_CURHOST") ?? Environment.MachineName;
        string[] nodes = (Environment.GetEnvironmentVariable(NodesVariable) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new ShimContext
        {
            Node = node,
            Nodes = Array.IndexOf(nodes, node) >= 0 ? nodes : [node],
            TransientDirectory = Environment.GetEnvironmentVariable(TransientVariable) ?? DefaultTransient,
            PersistentDirectory = Environment.GetEnvironmentVariable(PersistentVariable) ?? DefaultPersistent,
            Instance = Environment.GetEnvironmentVariable("OCF_RESOURCE_INSTANCE"),
            Output = Console.Out,
            Errors = Console.Error,
        };
    }

    public bool IsNode(string name)
    {
        for (int i = 0; i < Nodes.Count; i++)
        {
            if (Nodes[i] == name)
            {
                return true;
            }
        }

        return false;
    }
}
