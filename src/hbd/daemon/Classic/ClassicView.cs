using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Daemon.Control;

namespace Hbd.Daemon.Classic;

/// <param name="Links">Name and state of each.</param>
internal sealed record ClassicNode(string Name, string Type, string Status, IReadOnlyList<ClassicLink> Links);

/// <summary>A medium, or a ping node itself, as heartbeat's tools name it.</summary>
internal sealed record ClassicLink(string Name, string State);

/// <summary>A status of hbd in the words of heartbeat's client interface.</summary>
internal sealed class ClassicView
{
    private const string Up = "up";
    private const string Dead = "dead";

    private readonly StatusDocument _status;

    public ClassicView(StatusDocument status)
    {
        _status = status;
        Nodes =
        [
            new ClassicNode(status.Node.Name, "normal", Own(status.Node.State), [.. status.Links.Select(l => new ClassicLink(Short(l.Name), l.State == "closed" ? Dead : Up))]),
            new ClassicNode(status.Peer.Name, "normal", Peer(status.Peer.State), [.. status.Links.Select(l => new ClassicLink(Short(l.Name), l.State is "up" or "late" ? Up : Dead))]),
            .. (status.Ping?.Nodes ?? []).Select(p => new ClassicNode(p.Name, "ping", Ping(p.State), [new ClassicLink(p.Name, p.State == Up ? Up : Dead)])),
        ];
    }

    /// <summary>This node, its peer, the ping nodes.</summary>
    public IReadOnlyList<ClassicNode> Nodes { get; }

    public ClassicNode? Find(string name) => Nodes.FirstOrDefault(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Several media over one interface are one link there: up while any of them is.</summary>
    public static string? LinkState(ClassicNode node, string link)
    {
        string[] states = [.. node.Links.Where(l => l.Name == link).Select(l => l.State)];
        return states.Length == 0 ? null : states.Contains(Up) ? Up : Dead;
    }

    /// <summary>
    /// <c>none</c>, <c>local</c>, <c>foreign</c>, <c>all</c> or <c>transition</c>. heartbeat speaks of what a node answers for: alone it is
    /// all, also where no group prefers the other node.
    /// </summary>
    public string Holding()
    {
        if (_status.Groups.Any(g => g.Here is "starting" or "stopping"))
        {
            return "transition";
        }

        GroupStatus[] held = [.. _status.Groups.Where(g => g.Here == "running")];
        bool local = held.Any(g => g.Preferred == _status.Node.Name);
        bool foreign = held.Any(g => g.Preferred != _status.Node.Name);
        bool alone = _status.Peer.State is Dead or "left" && held.Length > 0 && held.Length == _status.Groups.Count;
        return alone || (local && foreign) ? "all" : local ? "local" : foreign ? "foreign" : "none";
    }

    /// <summary><c>ipfail</c> is a part of hbd; no other client exists.</summary>
    public bool IsOnline(ClassicNode node, string client)
        => client == "ipfail" && _status.Ping is not null && node is { Type: "normal", Status: "active" or Up };

    private static string Own(string state) => state switch
    {
        "up" or "leaving" => "active",
        "init" => Up,
        _ => Dead,
    };

    private static string Peer(string state) => state switch
    {
        "left" => Dead,
        _ => state,
    };

    private static string Ping(string state) => state switch
    {
        "up" => "ping",
        "down" => Dead,
        _ => "init",
    };

    /// <summary><c>mcast eth0</c> is <c>eth0</c>.</summary>
    private static string Short(string link)
    {
        string[] words = link.Split(' ');
        return words.Length > 1 ? words[1] : link;
    }
}
