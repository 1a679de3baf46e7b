using System.Globalization;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>One action on one address: the questions to the kernel and what their answers mean.</summary>
internal readonly ref struct AddressAction
{
    private readonly AddressSpec _spec;
    private readonly AddressTable _table;
    private readonly long _deadlineNs;
    private readonly IAgentOutput _output;

    public AddressAction(AddressSpec spec, AddressTable table, long deadlineNs, IAgentOutput output)
    {
        _spec = spec;
        _table = table;
        _deadlineNs = deadlineNs;
        _output = output;
    }

    /// <param name="held">Set with <see cref="AgentResult.Ok"/>, and only then.</param>
    public AgentResult Start(out HeldAddress? held)
    {
        held = null;
        AgentResult result = Place(out LinkInfo link, out int prefix);
        if (result != AgentResult.Ok)
        {
            return result;
        }

        if (!link.IsUp)
        {
            // As the classic agents do: an interface kept for cluster addresses may well be down until there is one.
            Errno up = _table.SetUp(link.Index, _deadlineNs);
            if (up.IsError)
            {
                return Failed("cannot set " + link.Name + " up", up);
            }
        }

        AddressEntry entry = new(link.Index, _spec.Address, prefix);
        NetAddress broadcast = _spec.Broadcast.IsNone ? _spec.Address.Broadcast(prefix) : _spec.Broadcast;
        InterfaceName label = _spec.LabelOn(link.Name);
        Errno error = _table.Add(entry, broadcast, label, _deadlineNs);
        if (error.IsError && error.Value != Errno.EEXIST)
        {
            return Failed("cannot add " + Text(entry) + " to " + link.Name, error);
        }

        if (MonotonicClock.NowNs() >= _deadlineNs)
        {
            // The kernel kept this thread waiting (rtnl lock) until hbd gave the start up. The address must not stay
            // behind.
            _ = _table.Delete(entry, long.MaxValue);
            _output.Reason("the kernel took longer than the timeout to add " + Text(entry) + "; taken back");
            return AgentResult.TimedOut;
        }

        if (error.IsError && entry.Address.IsV6 && ThereWithOtherPrefix(entry, out AddressEntry other))
        {
            _output.Reason(
                Text(other) + " is on " + link.Name + " already, configured is " + Text(entry)
                + ": remove it or change the configuration");
            return AgentResult.Generic;
        }

        held = new HeldAddress(entry, broadcast, label, link, IsRouter(link.Name), _spec.Plan);
        return AgentResult.Ok;
    }

    /// <summary>Ok only when the address is certainly not on the interface any more.</summary>
    public AgentResult Stop(int attemptsMax)
    {
        if (_spec.Interface.IsNone)
        {
            return StopOn(0, attemptsMax);
        }

        Errno error = _table.Link(_spec.Interface, _deadlineNs, out LinkInfo link);
        if (error.Value == Errno.ENODEV)
        {
            return AgentResult.Ok;
        }

        if (error.IsError)
        {
            return Failed("cannot look up " + _spec.Interface, error);
        }

        if (_spec.Prefix >= 0)
        {
            error = _table.Delete(new AddressEntry(link.Index, _spec.Address, _spec.Prefix), _deadlineNs);
            if (error.IsError && error.Value != Errno.EADDRNOTAVAIL)
            {
                return Failed("cannot remove " + _spec.Address + " from " + link.Name, error);
            }
        }

        return StopOn(link.Index, attemptsMax);
    }

    public AgentResult Monitor()
    {
        Errno error;
        int index = 0;
        if (!_spec.Interface.IsNone)
        {
            error = _table.Link(_spec.Interface, _deadlineNs, out LinkInfo named);
            if (error.Value == Errno.ENODEV)
            {
                _output.Reason("no interface " + _spec.Interface);
                return AgentResult.NotRunning;
            }

            if (error.IsError)
            {
                return Failed("cannot look up " + _spec.Interface, error);
            }

            index = named.Index;
        }

        error = _table.Find(_spec.Address, index, _spec.Prefix, _deadlineNs, out AddressEntry found);
        if (error.Value == Errno.ENOENT)
        {
            return AgentResult.NotRunning;
        }

        if (!error.IsError)
        {
            error = _table.Link(found.Index, _deadlineNs, out LinkInfo link);
            if (!error.IsError)
            {
                return Judge(found, link);
            }
        }

        return Failed("cannot look for " + _spec.Address, error);
    }

    private AgentResult Judge(in AddressEntry found, in LinkInfo link)
    {
        if (_spec.Prefix >= 0 && found.Prefix != _spec.Prefix)
        {
            _output.Reason(Text(found) + " is on " + link.Name + ", configured is /" + Number(_spec.Prefix));
            return AgentResult.NotRunning;
        }

        if (!link.IsUp)
        {
            _output.Reason(link.Name + " is down");
            return AgentResult.NotRunning;
        }

        if (_spec.CheckLink && !link.IsRunning)
        {
            _output.Reason(link.Name + " has no carrier");
            return AgentResult.NotRunning;
        }

        NetAddress broadcast = _spec.Broadcast.IsNone ? _spec.Address.Broadcast(found.Prefix) : _spec.Broadcast;
        _output.Holds(new HeldAddress(
            found, broadcast, _spec.LabelOn(link.Name), link, IsRouter(link.Name), _spec.Plan));
        return AgentResult.Ok;
    }

    /// <summary>Which interface, which prefix: as configured, else those of the subnet that the address lies
    /// in.</summary>
    private AgentResult Place(out LinkInfo link, out int prefix)
    {
        prefix = _spec.Prefix;
        link = default;
        Errno error;
        if (!_spec.Interface.IsNone)
        {
            error = _table.Link(_spec.Interface, _deadlineNs, out link);
            if (error.Value == Errno.ENODEV)
            {
                _output.Reason("no interface " + _spec.Interface + " on this machine");
                return AgentResult.Generic;
            }

            if (error.IsError)
            {
                return Failed("cannot look up " + _spec.Interface, error);
            }

            if (prefix >= 0)
            {
                return AgentResult.Ok;
            }
        }

        return PlaceByRoute(ref link, ref prefix);
    }

    private AgentResult PlaceByRoute(ref LinkInfo link, ref int prefix)
    {
        Errno error = _table.Route(_spec.Address, _deadlineNs, out RouteInfo route);
        int index = link.Index;
        int subnet = route.Prefix;
        bool known = !error.IsError && route.IsConnected;
        if (!error.IsError && route.IsLocal
            && !_table.Find(_spec.Address, index, prefix, _deadlineNs, out AddressEntry own).IsError)
        {
            // It is here already: where it is, is where it belongs.
            (route, subnet, known) = (new RouteInfo(own.Index, own.Prefix, false, false), own.Prefix, true);
        }

        if (!known || (index != 0 && route.Index != index))
        {
            _output.Reason(
                index == 0
                    ? "no interface of this machine has a subnet with " + _spec.Address
                        + "; write the interface: " + _spec.Address + "/24/eth0"
                    : link.Name + " has no subnet with " + _spec.Address + "; write the prefix length: "
                        + _spec.Address + "/24/" + link.Name);
            return AgentResult.Generic;
        }

        prefix = prefix < 0 ? subnet : prefix;
        error = index == 0 ? _table.Link(route.Index, _deadlineNs, out link) : Errno.None;
        return error.IsError ? Failed("cannot look up the interface of the route", error) : AgentResult.Ok;
    }

    /// <param name="index">0: on any interface.</param>
    private AgentResult StopOn(int index, int attemptsMax)
    {
        for (int attempt = 0; attempt <= attemptsMax; attempt++)
        {
            Errno error = _table.Find(_spec.Address, index, -1, _deadlineNs, out AddressEntry found);
            if (error.Value == Errno.ENOENT)
            {
                return AgentResult.Ok;
            }

            error = error.IsError ? error : _table.Delete(found, _deadlineNs);
            if (error.IsError && error.Value is not (Errno.EADDRNOTAVAIL or Errno.ENODEV))
            {
                return Failed("cannot remove " + _spec.Address, error);
            }
        }

        _output.Reason(_spec.Address + " is still there after " + Number(attemptsMax) + " removals: somebody adds it again");
        return AgentResult.Generic;
    }

    private bool ThereWithOtherPrefix(in AddressEntry wanted, out AddressEntry other)
        => !_table.Find(wanted.Address, wanted.Index, wanted.Prefix, _deadlineNs, out other).IsError
            && other.Prefix != wanted.Prefix;

    private AgentResult Failed(string what, Errno error)
    {
        _output.Reason(_table.LastText is { } text ? what + ": " + error + ", " + text : what + ": " + error);
        return error.Value switch
        {
            Errno.EPERM or Errno.EACCES => AgentResult.Permission,
            Errno.ETIMEDOUT => AgentResult.TimedOut,
            _ => AgentResult.Generic,
        };
    }

    private bool IsRouter(in InterfaceName link)
    {
        if (!_spec.Address.IsV6)
        {
            return false;
        }

        try
        {
            return File.ReadAllText("/proc/sys/net/ipv6/conf/" + link + "/forwarding").StartsWith('1');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Text(in AddressEntry entry) => entry.Address + "/" + Number(entry.Prefix);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
