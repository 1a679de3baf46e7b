using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.PortBlock;

/// <summary>
/// Drops packets to a port until the service behind it is ready: portblock with action block in front of it in the group, with
/// action unblock behind it. Parameters of ocf:heartbeat:portblock, over nf_tables.
/// </summary>
public sealed class PortBlockAgent(AgentStates states) : DescribedAgent(s_description)
{
    private const int ChainCharsMax = 120;

    private static readonly AgentDescription s_description = new(
        ["portblock"], "Blocks ports",
        "Drops packets to ports of this machine. action = block: start blocks, stop unblocks; action = unblock: the other way"
            + " round. Rules are in the nftables table hbd_portblock. No tickle ACKs, no resets: clients of TCP connections that"
            + " moved notice it by their own timeouts (ocf:heartbeat:portblock has tickle_dir).",
        [
            new("protocol", ParameterKind.Text, "Protocol", "tcp or udp.", Required: true),
            new("portno", ParameterKind.Text, "Ports", "80, or 80,443, or 8000:8010.", Required: true),
            new("action", ParameterKind.Text, "Action", "block or unblock.", Required: true),
            new("ip", ParameterKind.Text, "Address", "Only packets for this address of the machine.", "0.0.0.0/0"),
            new("direction", ParameterKind.Text, "Direction", "in: packets to the ports; out: packets from them; both.", "in"),
        ],
        Positional: 4);

    public override string? Elsewhere(in AgentRequest request)
    {
        foreach (KeyValuePair<string, string> parameter in request.Parameters)
        {
            if (parameter.Key is "tickle_dir" or "sync_script" or "reset_local_on_unblock_stop"
                && parameter.Value.Length > 0 && parameter.Value is not ("false" or "no" or "0"))
            {
                return parameter.Key + " is not for the built-in agent";
            }
        }

        return null;
    }

    protected override string? Check(AgentValues values)
    {
        if (values.Text("protocol") is not ("tcp" or "udp"))
        {
            return "protocol: \"" + values.Text("protocol") + "\" is neither tcp nor udp";
        }

        if (values.Text("action") is not ("block" or "unblock"))
        {
            return "action: \"" + values.Text("action") + "\" is neither block nor unblock";
        }

        if (values.Text("direction") is not ("in" or "out" or "both"))
        {
            return "direction: \"" + values.Text("direction") + "\" is none of in, out, both";
        }

        if (!IsAny(values.Text("ip")) && NetText.Address(values.Text("ip")).IsNone)
        {
            return "ip: \"" + values.Text("ip") + "\" is not an address";
        }

        return Ports(values.Text("portno")) is null
            ? "portno: \"" + values.Text("portno") + "\" is not like 80, 80,443 or 8000:8010 (at most 15 parts)"
            : null;
    }

    protected override AgentResult Start(AgentCall call)
    {
        AgentStates.Write(StatePath(call), "");
        return Set(call, block: IsBlock(call));
    }

    protected override AgentResult Stop(AgentCall call)
    {
        // What was never started blocks nothing by being stopped.
        if (!IsBlock(call) && !File.Exists(StatePath(call)))
        {
            return AgentResult.Ok;
        }

        AgentResult result = Set(call, block: !IsBlock(call));
        if (result == AgentResult.Ok)
        {
            AgentStates.Remove(StatePath(call));
        }

        return result;
    }

    /// <summary>
    /// As the classic agent: "block" runs as long as it was started, also when "unblock" has opened the port meanwhile;
    /// "unblock" runs when it was started and the port is open.
    /// </summary>
    protected override AgentResult Monitor(AgentCall call)
    {
        if (!File.Exists(StatePath(call)))
        {
            return AgentResult.NotRunning;
        }

        if (IsBlock(call))
        {
            return AgentResult.Ok;
        }

        using PortFilter? filter = PortFilter.Open(out Errno error);
        foreach (bool outgoing in Directions(call.Values))
        {
            error = filter is null ? error : filter.Find(Chain(call.Values, outgoing), call.DeadlineNs);
            if (!error.IsError)
            {
                return call.NotRunning("the port is blocked");
            }

            if (error.Value != Errno.ENOENT)
            {
                return call.Failed("nf_tables", error);
            }
        }

        return AgentResult.Ok;
    }

    private static AgentResult Set(AgentCall call, bool block)
    {
        AgentValues values = call.Values;
        using PortFilter? filter = PortFilter.Open(out Errno error);
        byte protocol = (byte)(values.Text("protocol") == "tcp" ? 6 : 17);
        NetAddress address = IsAny(values.Text("ip")) ? default : NetText.Address(values.Text("ip"));
        foreach (bool outgoing in Directions(values))
        {
            string chain = Chain(values, outgoing);
            if (filter is not null)
            {
                error = block
                    ? filter.Block(chain, protocol, address, Ports(values.Text("portno"))!, outgoing, call.DeadlineNs)
                    : filter.Unblock(chain, call.DeadlineNs);
            }

            bool was = !block && error.Value == Errno.ENOENT;
            if (error.IsError && !was)
            {
                return call.Failed((block ? "cannot block " : "cannot unblock ") + values.Text("portno") + " by nf_tables", error);
            }
        }

        return AgentResult.Ok;
    }

    private string StatePath(AgentCall call) => states.PathOf("portblock", call.Instance);

    private static bool IsBlock(AgentCall call) => call.Values.Text("action") == "block";

    private static bool IsAny(string ip) => ip is "0.0.0.0/0" or "0.0.0.0" or "::/0";

    private static bool[] Directions(AgentValues values) => values.Text("direction") switch
    {
        "out" => [true],
        "both" => [false, true],
        _ => [false],
    };

    /// <summary>The same for block and unblock of the same ports: that is how one undoes the other.</summary>
    private static string Chain(AgentValues values, bool outgoing)
    {
        string ip = IsAny(values.Text("ip")) ? "any" : NetText.Address(values.Text("ip")).ToString();
        string name = (outgoing ? "out_" : "in_") + values.Text("protocol") + "_" + values.Text("portno") + "_" + ip;
        StringBuilder chain = new();
        foreach (char c in name)
        {
            chain.Append(char.IsAsciiLetterOrDigit(c) ? c : c == ':' ? '-' : '_');
        }

        // Too long for a name: cut, with the hash of the whole (FNV-1a).
        uint hash = 2_166_136_261;
        foreach (char c in name)
        {
            hash = (hash ^ c) * 16_777_619;
        }

        return chain.Length <= ChainCharsMax
            ? chain.ToString()
            : chain.ToString(0, ChainCharsMax - 9) + "_" + hash.ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>Null when it is not that; 15 as with the multiport match of iptables, which bounds the rules.</summary>
    private static List<PortRange>? Ports(string text)
    {
        List<PortRange> ports = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split(':');
            if (ends.Length > 2 || ports.Count == 15 || !TryPort(ends[0], out ushort first) || !TryPort(ends[^1], out ushort last)
                || last < first)
            {
                return null;
            }

            ports.Add(new PortRange(first, last));
        }

        return ports;
    }

    private static bool TryPort(string text, out ushort port)
        => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
}
