using System.Collections.Generic;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.IPaddr;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.SendArp;

/// <summary>Announces an address that something else has added. IPaddr does this by itself for its own.</summary>
public sealed class SendArpAgent(PacketSocket? packets, AgentStates states) : DescribedAgent(s_description)
{
    private const int Rounds = 3;
    private const long IntervalNs = 100_000_000;

    private static readonly AgentDescription s_description = new(
        ["SendArp"], "Announces an address",
        "Tells the neighbours where an address is, three times in a fifth of a second, when the group starts: gratuitous ARP in both forms, or"
            + " neighbour advertisements for IPv6. Adds and removes nothing: IPaddr does that, and announces by itself.",
        [
            new("ip", ParameterKind.Text, "Address", "The address.", Required: true),
            new("nic", ParameterKind.Text, "Interface", "The interface that it is announced on.", Required: true),
            new("background", ParameterKind.Boolean, "Ignored", "For configurations that have it.", "true"),
        ],
        Positional: 2);

    /// <summary>ip/nic, as in haresources.</summary>
    protected override IReadOnlyList<string> Positional(IReadOnlyList<string> arguments)
    {
        string text = string.Join("::", arguments);
        int slash = text.LastIndexOf('/');
        return slash > 0 ? [text[..slash], text[(slash + 1)..]] : arguments;
    }

    protected override string? Check(AgentValues values)
    {
        if (NetText.Address(values.Text("ip")).IsNone)
        {
            return "ip: \"" + values.Text("ip") + "\" is not an address; expected ip/interface";
        }

        return InterfaceName.Parse(values.Text("nic")) is null
            ? "nic: \"" + values.Text("nic") + "\" is not the name of an interface"
            : null;
    }

    protected override AgentResult Start(AgentCall call)
    {
        using AddressTable? table = AddressTable.Open(out Errno error);
        LinkInfo link = default;
        error = table is null ? error : table.Link(InterfaceName.Parse(call.Values.Text("nic"))!.Value, call.DeadlineNs, out link);
        if (error.IsError || packets is null)
        {
            return call.Failed("cannot announce on " + call.Values.Text("nic") + (packets is null ? ": no packet socket" : ""), error);
        }

        AnnounceFrames frames = new();
        NetAddress address = NetText.Address(call.Values.Text("ip"));
        frames.Set(new HeldAddress(
            new AddressEntry(link.Index, address, address.Bits), default, default, link, address.IsV6 && IsRouter(link), default));
        for (int round = 0; round < Rounds; round++)
        {
            error = frames.Send(packets);
            if (error.IsError)
            {
                return call.Failed("cannot announce " + address + " on " + link.Name, error);
            }

            if (round + 1 < Rounds && !call.Pause(IntervalNs))
            {
                return call.TimedOut("given up while announcing " + address);
            }
        }

        AgentStates.Write(StatePath(call), "");
        return AgentResult.Ok;
    }

    protected override AgentResult Stop(AgentCall call)
    {
        AgentStates.Remove(StatePath(call));
        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
        => File.Exists(StatePath(call)) ? AgentResult.Ok : AgentResult.NotRunning;

    private static bool IsRouter(in LinkInfo link)
    {
        string path = "/proc/sys/net/ipv6/conf/" + link.Name + "/forwarding";
        return File.Exists(path) && File.ReadAllText(path).StartsWith('1');
    }

    private string StatePath(AgentCall call) => states.PathOf("SendArp", call.Instance);
}
