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

    /// <summary>Environment variable: "member" when the peer is in touch, "lost" when not; absent: not told.</summary>
    public const string PeerVariable = "HBD_PEER";

    /// <summary>Environment variable: the node on which the resource is promoted, empty for none.</summary>
    public const string PromotedVariable = "HBD_PROMOTED";

    /// <summary>Environment variable: the nodes on which its instances run.</summary>
    public const string RunsVariable = "HBD_RUNS";

    /// <summary>Environment variable: failures of the resource on this node that count.</summary>
    public const string FailuresVariable = "HBD_FAILURES";

    public const string DefaultTransient = "/run/hbd/attributes";
    public const string DefaultPersistent = "/var/lib/hbd/attributes";

    public required string Node { get; init; }

    public required IReadOnlyList<string> Nodes { get; init; }

    public required string TransientDirectory { get; init; }

    public required string PersistentDirectory { get; init; }

    /// <summary>OCF_RESOURCE_INSTANCE; null outside an agent.</summary>
    public required string? Instance { get; init; }

    /// <summary>OCF_RESOURCE_TYPE; null outside an agent.</summary>
    public string? Type { get; init; }

    /// <summary>The peer is in touch; null: nobody has said.</summary>
    public bool? PeerHere { get; init; }

    /// <summary>Where the resource is promoted; null: nowhere, or not told.</summary>
    public string? Promoted { get; init; }

    /// <summary>Where its instances run.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    public int Failures { get; init; }

    /// <summary>How long to wait for what the peer's agent has set and what is still on its way: some beats of the slowest media.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

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
            Type = Environment.GetEnvironmentVariable("OCF_RESOURCE_TYPE"),
            PeerHere = Environment.GetEnvironmentVariable(PeerVariable) is { Length: > 0 } peer ? peer == "member" : null,
            Promoted = Environment.GetEnvironmentVariable(PromotedVariable) is { Length: > 0 } promoted ? promoted : null,
            Runs = (Environment.GetEnvironmentVariable(RunsVariable) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Failures = int.TryParse(Environment.GetEnvironmentVariable(FailuresVariable), out int failures) ? failures : 0,
            Output = Console.Out,
            Errors = Console.Error,
        };
    }

    /// <summary>This node, and the peer while it is in touch.</summary>
    public bool IsMember(string name) => name == Node || (PeerHere == true && IsNode(name));

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
