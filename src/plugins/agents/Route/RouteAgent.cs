using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.Route;

/// <summary>A route on the node that runs the group, with the parameters of ocf:heartbeat:Route, over rtnetlink.</summary>
public sealed class RouteAgent() : DescribedAgent(s_description)
{
    private static readonly AgentDescription s_description = new(
        ["Route"], "A route",
        "Adds a route and removes it again. A route to the same destination that is there with other properties is an error,"
            + " never replaced.",
        [
            new("destination", ParameterKind.Text, "Destination", "10.1.0.0/16, 2001:db8:1::/48, an address, or default.", Required: true),
            new("device", ParameterKind.Text, "Interface", "The outgoing interface. device or gateway has to be there."),
            new("gateway", ParameterKind.Text, "Gateway", "The router."),
            new("source", ParameterKind.Text, "Source", "The preferred source address."),
            new("table", ParameterKind.Text, "Table", "A number, or a name of /etc/iproute2/rt_tables.", "main"),
            new("family", ParameterKind.Text, "Family", "ip4, ip6 or detect: what default means when no gateway says it.", "detect"),
        ],
        Positional: 5);

    protected override string? Check(AgentValues values) => Spec.Read(values, out _);

    protected override AgentResult Start(AgentCall call) => With(call, (table, spec) =>
    {
        if (IsThere(table, spec, call, out Errno error))
        {
            return AgentResult.Ok;
        }

        if (error.IsError)
        {
            return call.Failed("cannot read the routing table", error);
        }

        error = table.Add(spec.Destination, spec.Prefix, spec.Table, spec.Index, spec.Gateway, spec.Source, call.DeadlineNs);
        if (error.IsError)
        {
            string why = error.Value == Errno.EEXIST ? "; there is another route to this destination" : "";
            return call.Failed("cannot add the route to " + call.Values.Text("destination") + why + Words(table), error);
        }

        if (call.IsLate)
        {
            _ = table.Delete(spec.Destination, spec.Prefix, spec.Table, spec.Index, spec.Gateway, spec.Source, long.MaxValue);
            return call.TimedOut("the kernel took longer than the timeout to add the route; taken back");
        }

        return AgentResult.Ok;
    });

    protected override AgentResult Stop(AgentCall call) => With(call, (table, spec) =>
    {
        if (spec.IsInterfaceMissing)
        {
            return AgentResult.Ok;
        }

        Errno error = table.Delete(spec.Destination, spec.Prefix, spec.Table, spec.Index, spec.Gateway, spec.Source, call.DeadlineNs);
        if (error.IsError && error.Value is not (Errno.ESRCH or Errno.ENODEV or Errno.ENOENT))
        {
            return call.Failed("cannot remove the route to " + call.Values.Text("destination") + Words(table), error);
        }

        bool there = IsThere(table, spec, call, out error);
        return there || error.IsError
            ? call.Failed("the route to " + call.Values.Text("destination") + " is still there", error)
            : AgentResult.Ok;
    });

    protected override AgentResult Monitor(AgentCall call) => With(call, (table, spec) =>
    {
        bool there = IsThere(table, spec, call, out Errno error);
        return error.IsError
            ? call.Failed("cannot read the routing table", error)
            : there ? AgentResult.Ok : AgentResult.NotRunning;
    });

    private static AgentResult With(AgentCall call, Func<RouteTable, Spec, AgentResult> body)
    {
        _ = Spec.Read(call.Values, out Spec? read);
        Spec spec = read!;
        if (spec.Device.Length > 0)
        {
            int index = NetworkInterface.Query(spec.Device).Index;
            spec = spec with { Index = index, IsInterfaceMissing = index <= 0 };
        }

        using RouteTable? table = RouteTable.Open(out Errno error);
        return table is null ? call.Failed("netlink", error) : body(table, spec);
    }

    private static bool IsThere(RouteTable table, Spec spec, AgentCall call, out Errno error)
    {
        if (spec.IsInterfaceMissing)
        {
            call.Reason("no interface " + spec.Device);
            error = default;
            return false;
        }

        error = table.List(spec.Destination.Family, spec.Table, call.DeadlineNs, out List<RouteRecord> routes);
        return !error.IsError && routes.Exists(r => r.IsUnicast
            && r.Destination == spec.Destination && r.Prefix == spec.Prefix
            && (spec.Index == 0 || r.Interface == spec.Index)
            && (spec.Gateway.IsNone || r.Gateway == spec.Gateway)
            && (spec.Source.IsNone || r.Source == spec.Source));
    }

    private static string Words(RouteTable table) => table.LastText is { } text ? " (" + text + ")" : "";

    private sealed record Spec(
        NetAddress Destination, int Prefix, uint Table, string Device, NetAddress Gateway, NetAddress Source, int Index = 0,
        bool IsInterfaceMissing = false)
    {
        /// <summary>Null, or what is wrong.</summary>
        public static string? Read(AgentValues values, out Spec? spec)
        {
            spec = null;
            NetAddress gateway = NetText.Address(values.Text("gateway"));
            NetAddress source = NetText.Address(values.Text("source"));
            bool v6 = gateway.IsV6 || source.IsV6 || values.Text("family") == "ip6";
            string destination = values.Text("destination");
            if (!NetText.TryNetwork(destination, v6, out NetAddress network, out int prefix))
            {
                return "destination: \"" + destination + "\" is not a network such as 10.1.0.0/16, nor default";
            }

            if (values.Text("family") is not ("detect" or "ip4" or "ip6"))
            {
                return "family: expected detect, ip4 or ip6";
            }

            if (Wrong("gateway", gateway) is { } wrong)
            {
                return wrong;
            }

            if (Wrong("source", source) is { } second)
            {
                return second;
            }

            string device = values.Text("device");
            if (device.Length == 0 && gateway.IsNone)
            {
                return "neither device nor gateway is given: a route needs one of them";
            }

            if (device.Length > 0 && InterfaceName.Parse(device) is null)
            {
                return "device: \"" + device + "\" is not the name of an interface";
            }

            if (TableOf(values.Text("table")) is not { } table)
            {
                return "table: \"" + values.Text("table") + "\" is no number and not in /etc/iproute2/rt_tables";
            }

            spec = new Spec(network, prefix, table, device, gateway, source);
            return null;

            string? Wrong(string name, NetAddress address) => values.Text(name).Length > 0 && address.IsNone
                ? name + ": \"" + values.Text(name) + "\" is not an address"
                : !address.IsNone && address.Family != network.Family ? name + " and destination are of different families" : null;
        }
    }

    /// <summary>Null when there is no such table.</summary>
    internal static uint? TableOf(string text)
    {
        if (text is "main" or "")
        {
            return RouteTable.Main;
        }

        if (text is "local" or "default")
        {
            return text == "local" ? 255u : 253u;
        }

        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number > 0)
        {
            return number;
        }

        foreach (string file in (string[])["/etc/iproute2/rt_tables", "/usr/share/iproute2/rt_tables", "/usr/lib/iproute2/rt_tables"])
        {
            foreach (string line in File.Exists(file) ? File.ReadAllLines(file) : [])
            {
                string[] fields = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length >= 2 && fields[1] == text
                    && uint.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0)
                {
                    return number;
                }
            }
        }

        return null;
    }
}
