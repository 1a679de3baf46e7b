using System;
using System.Collections.Generic;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>
/// The address of a service: an IPv4 or IPv6 address on an interface, added and removed by netlink, announced to the
/// neighbours. Does what IPaddr, IPaddr2 and IPv6addr of heartbeat and resource-agents do, in some tens of
/// microseconds.
/// With the interface given, start asks the kernel three things: the interface, the address, the announcement.
/// </summary>
public sealed class IPaddrAgent : IResourceAgent
{
    /// <summary>The same address with several prefixes on one interface: more is not an accident any more.</summary>
    private const int PrefixesMax = 8;

    [ThreadStatic]
    private static AddressTable? s_table;

    [ThreadStatic]
    private static AnnounceFrames? s_frames;

    private readonly PacketSocket? _packets;

    /// <param name="packets">Shared by all workers; null: no announcements, start says so.</param>
    public IPaddrAgent(PacketSocket? packets) => _packets = packets;

    public IReadOnlyList<string> Names { get; } = ["IPaddr", "IPaddr2", "IPv6addr"];

    public string MetaData => IPaddrMetaData.Xml;

    public void PrepareThread()
    {
        _ = Table(out _);
        s_frames ??= new AnnounceFrames();
    }

    public string? Validate(in AgentRequest request)
    {
        _ = AddressSpecReader.Read(request.Arguments, request.Parameters, out string? problem);
        return problem;
    }

    public AgentResult Run(in AgentRequest request, IAgentOutput output)
    {
        AddressSpec? spec = AddressSpecReader.Read(request.Arguments, request.Parameters, out string? problem);
        if (spec is null)
        {
            output.Reason(problem!);
            return AgentResult.NotConfigured;
        }

        if (Table(out Errno error) is not { } table)
        {
            output.Reason("netlink: " + error);
            return AgentResult.Generic;
        }

        AddressAction action = new(spec, table, request.DeadlineNs, output);
        return request.Action switch
        {
            AgentAction.Start => Start(action, output),
            AgentAction.Stop => action.Stop(PrefixesMax),
            AgentAction.Monitor => action.Monitor(),
            _ => AgentResult.Unimplemented,
        };
    }

    /// <summary>
    /// Puts an address back that somebody else has removed, on the interface of that name as it is now. True in
    /// <paramref name="wasMissing"/> when it really was gone. On a worker.
    /// </summary>
    public static Errno Restore(HeldAddress held, long deadlineNs, out bool wasMissing, out HeldAddress restored)
    {
        wasMissing = false;
        restored = held;
        if (Table(out Errno error) is not { } table)
        {
            return error;
        }

        error = table.Link(held.Link.Name, deadlineNs, out LinkInfo link);
        if (error.IsError)
        {
            return error;
        }

        restored = held with { Link = link, Entry = held.Entry with { Index = link.Index } };
        error = table.Add(restored.Entry, held.Broadcast, held.Label, deadlineNs);
        wasMissing = !error.IsError;
        return error.Value == Errno.EEXIST ? Errno.None : error;
    }

    private AgentResult Start(in AddressAction action, IAgentOutput output)
    {
        AgentResult result = action.Start(out HeldAddress? held);
        if (held is null)
        {
            return result;
        }

        if (_packets is null)
        {
            output.Reason("no packet socket: neighbours are not told about " + held.Entry.Address);
        }
        else if (held.Plan.Count > 0)
        {
            // The first round from here: the loop may be busy, and this is what clients wait for. The others are the
            // keeper's.
            AnnounceFrames frames = s_frames ??= new AnnounceFrames();
            frames.Set(held);
            _ = frames.Send(_packets);
        }

        output.Holds(held);
        return result;
    }

    /// <summary>One socket per worker, opened once: opening costs more than an action.</summary>
    private static AddressTable? Table(out Errno error)
    {
        error = Errno.None;
        return s_table ??= AddressTable.Open(out error);
    }
}
