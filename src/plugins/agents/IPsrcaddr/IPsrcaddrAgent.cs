using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.Route;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.IPsrcaddr;

/// <summary>
/// The preferred source address of connections that this machine opens: rewrites the routes over the interface of the
/// address whose destination covers it, that is its subnet and the default route.
/// </summary>
public sealed class IPsrcaddrAgent(AgentStates states) : DescribedAgent(s_description)
{
    private static readonly AgentDescription s_description = new(
        ["IPsrcaddr"], "Preferred source address",
        "Connections that this machine opens come from this address. Rewrites the routes over the interface of the address that"
            + " lead into its subnet, and the default route; stop puts back what start has found. The address has to be there: it"
            + " comes before this resource in the group.",
        [
            new("ipaddress", ParameterKind.Text, "Address", "The address; has to be on an interface of this machine.", Required: true),
            new("destination", ParameterKind.Text, "Destination", "Only the route to this network. Default: the subnet and the default route."),
            new("table", ParameterKind.Text, "Table", "The routing table, a number or a name.", "main"),
        ],
        Positional: 3);

    protected override IReadOnlyList<string> Positional(IReadOnlyList<string> arguments)
        => arguments.Count > 1 ? [string.Join("::", arguments)] : arguments;

    protected override string? Check(AgentValues values)
    {
        if (Address(values).IsNone)
        {
            return "ipaddress: \"" + values.Text("ipaddress") + "\" is not an address";
        }

        if (RouteAgent.TableOf(values.Text("table")) is null)
        {
            return "table: \"" + values.Text("table") + "\" is no number and not in /etc/iproute2/rt_tables";
        }

        string destination = values.Text("destination");
        return destination.Length > 0 && !NetText.TryNetwork(destination, Address(values).IsV6, out _, out _)
            ? "destination: \"" + destination + "\" is not a network"
            : null;
    }

    protected override AgentResult Start(AgentCall call) => With(call, table =>
    {
        NetAddress address = Address(call.Values);
        AgentResult result = Routes(call, table, out List<RouteRecord> routes);
        if (result != AgentResult.Ok)
        {
            return result;
        }

        if (routes.Count == 0)
        {
            return call.Failed("no route over the interface of " + address + " leads to its subnet or is the default route");
        }

        // What is ours already was remembered when it became ours.
        List<RouteRecord> change = routes.FindAll(r => r.Source != address);
        Remember(call, change);
        foreach (RouteRecord route in change)
        {
            Errno error = call.IsLate ? new Errno(Errno.ETIMEDOUT) : table.Replace(route, address, call.DeadlineNs);
            if (error.IsError)
            {
                _ = Restore(call, table, long.MaxValue);
                return call.Failed("cannot change the route to " + Text(route) + Words(table), error);
            }
        }

        return AgentResult.Ok;
    });

    protected override AgentResult Stop(AgentCall call) => With(call, table =>
    {
        Errno error = Restore(call, table, call.DeadlineNs);
        return error.IsError ? call.Failed("cannot put the routes back" + Words(table), error) : AgentResult.Ok;
    });

    protected override AgentResult Monitor(AgentCall call) => With(call, table =>
    {
        NetAddress address = Address(call.Values);
        if (AgentStates.Read(StatePath(call)) is null)
        {
            return AgentResult.NotRunning;
        }

        AgentResult result = Routes(call, table, out List<RouteRecord> routes);
        if (result != AgentResult.Ok)
        {
            return result == AgentResult.Generic ? AgentResult.NotRunning : result;
        }

        RouteRecord? other = routes.Find(r => r.Source != address);
        return routes.Count == 0
            ? AgentResult.NotRunning
            : other is null ? AgentResult.Ok : call.Failed("the route to " + Text(other) + " has another source than " + address);
    });

    private static AgentResult With(AgentCall call, Func<RouteTable, AgentResult> body)
    {
        using RouteTable? table = RouteTable.Open(out Errno error);
        return table is null ? call.Failed("netlink", error) : body(table);
    }

    private static AgentResult Routes(AgentCall call, RouteTable table, out List<RouteRecord> routes)
    {
        routes = [];
        NetAddress address = Address(call.Values);
        using AddressTable? addresses = AddressTable.Open(out Errno error);
        if (addresses is null)
        {
            return call.Failed("netlink", error);
        }

        error = addresses.Find(address, 0, -1, call.DeadlineNs, out AddressEntry entry);
        if (error.IsError)
        {
            return error.Value == Errno.ENOENT
                ? call.Failed(address + " is not on this machine: the address has to be started before")
                : call.Failed("cannot look for " + address, error);
        }

        error = table.List(address.Family, RouteAgent.TableOf(call.Values.Text("table"))!.Value, call.DeadlineNs, out List<RouteRecord> all);
        if (error.IsError)
        {
            return call.Failed("cannot read the routing table", error);
        }

        string destination = call.Values.Text("destination");
        bool one = NetText.TryNetwork(destination, address.IsV6, out NetAddress network, out int prefix);
        routes = all.FindAll(r => r.IsUnicast && r.Interface == entry.Index
            && (one ? r.Destination == network && r.Prefix == prefix : r.Covers(address)));
        return AgentResult.Ok;
    }

    private Errno Restore(AgentCall call, RouteTable table, long deadlineNs)
    {
        string path = StatePath(call);
        foreach (RouteRecord before in Remembered(path))
        {
            Errno error = table.List(before.Family, before.Table, deadlineNs, out List<RouteRecord> now);
            if (error.IsError)
            {
                return error;
            }

            // Gone: the kernel removes routes together with their source address. Changed by somebody else: stays.
            RouteRecord? current = now.Find(before.IsSameEntry);
            if (current is null || current.Source == Address(call.Values))
            {
                error = table.Replace(before, before.Source, deadlineNs);
                if (error.IsError && error.Value is not (Errno.ENODEV or Errno.ENETDOWN or Errno.ENETUNREACH))
                {
                    return error;
                }
            }
        }

        AgentStates.Remove(path);
        return Errno.None;
    }

    private void Remember(AgentCall call, List<RouteRecord> change)
    {
        string path = StatePath(call);
        List<RouteRecord> known = Remembered(path);
        StringBuilder state = new(AgentStates.Read(path));
        foreach (RouteRecord route in change)
        {
            if (!known.Exists(route.IsSameEntry))
            {
                state.Append(Convert.ToHexString(route.Raw)).Append('\n');
            }
        }

        AgentStates.Write(path, state.ToString());
    }

    private static List<RouteRecord> Remembered(string path)
    {
        List<RouteRecord> routes = [];
        foreach (string line in (AgentStates.Read(path) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (RouteRecord.FromHex(line) is { } route)
            {
                routes.Add(route);
            }
        }

        // A gateway can only be put back when the route to itself is there.
        return [.. routes.FindAll(r => r.Gateway.IsNone), .. routes.FindAll(r => !r.Gateway.IsNone)];
    }

    private string StatePath(AgentCall call) => states.PathOf("IPsrcaddr", call.Instance);

    private static NetAddress Address(AgentValues values) => NetText.Address(values.Text("ipaddress"));

    private static string Text(RouteRecord route) => route.Destination + "/" + route.Prefix.ToString(CultureInfo.InvariantCulture);

    private static string Words(RouteTable table) => table.LastText is { } text ? " (" + text + ")" : "";
}
