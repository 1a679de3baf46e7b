using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// What both nodes must agree on, as one number. Taken over the checked values and not over the file: comments, blanks,
/// the order of keys and the spelling of a time do not change it. Every text is written with its length, so that no two
/// configurations can read the same.
/// </summary>
internal static class ConfigDigest
{
    /// <summary>Changes when the text below changes its meaning, so that versions that differ say so.</summary>
    private const string Format = "hbd-config-4";

    public static ulong Compute(ClusterConfig config)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(config)));
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    private static string Canonical(ClusterConfig config)
    {
        StringBuilder text = new(Format);
        Add(text, config.Cluster);
        Add(text, config.Nodes);
        Add(text, config.Keepalive);
        Add(text, config.Warntime);
        Add(text, config.Deadtime);
        Add(text, config.Initdead);
        Add(text, config.ProbeMin);
        Add(text, config.AutoFailback ? 1 : 0);
        Add(text, (int)config.SplitBrain);
        Add(text, config.Media.Count);
        foreach (MediumConfig medium in config.Media)
        {
            AddMedium(text, medium);
        }

        Add(text, config.Witness is null ? 0 : 1);
        if (config.Witness is { } witness)
        {
            Add(text, witness.Address?.ToString() ?? "");
            Add(text, witness.Port);
            Add(text, witness.Device ?? "");
            Add(text, witness.Lease);
        }

        Add(text, config.Groups.Count);
        foreach (GroupConfig group in config.Groups)
        {
            AddGroup(text, group);
        }

        Add(text, config.Stonith.Count);
        foreach (StonithConfig device in config.Stonith)
        {
            AddStonith(text, device);
        }

        AddPing(text, config.Ping);
        return text.ToString();
    }

    /// <summary>Scores are compared between the nodes: they must mean the same.</summary>
    private static void AddPing(StringBuilder text, PingConfig? ping)
    {
        Add(text, ping?.Targets.Count ?? 0);
        if (ping is null)
        {
            return;
        }

        Add(text, ping.Interval);
        Add(text, ping.Deadping);
        Add(text, ping.Hold);
        Add(text, ping.Up);
        foreach (PingTarget target in ping.Targets)
        {
            Add(text, target.Name);
            Add(text, target.Weight);
            Add(text, target.Addresses.Count);
            foreach (IPAddress address in target.Addresses)
            {
                Add(text, address.ToString());
            }
        }
    }

    private static void AddMedium(StringBuilder text, MediumConfig medium)
    {
        Add(text, medium.Name);
        switch (medium)
        {
            case McastConfig mcast:
                Add(text, mcast.Interface);
                Add(text, mcast.Group.ToString());
                Add(text, mcast.Port);
                Add(text, mcast.Ttl);
                break;
            case BcastConfig bcast:
                Add(text, bcast.Interface);
                Add(text, bcast.Port);
                break;
            case UcastConfig ucast:
                Add(text, ucast.Interface ?? "");
                Add(text, ucast.Addresses[0].ToString());
                Add(text, ucast.Addresses[1].ToString());
                Add(text, ucast.Port);
                break;
            case SerialConfig serial:
                Add(text, serial.Device);
                Add(text, serial.Baud);
                break;
            default:
                Check.Fail("a kind of medium the digest does not know");
                break;
        }
    }

    private static void AddGroup(StringBuilder text, GroupConfig group)
    {
        Add(text, group.Name);
        Add(text, group.Preferred);
        Add(text, (int)group.Require);
        Add(text, group.Resources.Count);
        foreach (ResourceConfig resource in group.Resources)
        {
            Add(text, resource.Name);
            Add(text, (int)resource.Class);
            Add(text, resource.Provider ?? "");
            Add(text, resource.Type);
            Add(text, resource.Arguments);
            AddParameters(text, resource.Parameters);
            Add(text, resource.StartTimeout);
            Add(text, resource.StopTimeout);
            Add(text, resource.MonitorTimeout);
            Add(text, resource.Monitors.Count);
            foreach (MonitorConfig monitor in resource.Monitors)
            {
                Add(text, monitor.Level);
                Add(text, monitor.Interval);
                Add(text, monitor.Timeout);
            }

            Add(text, resource.MigrationThreshold);
            Add(text, resource.FailureTimeout);
            Add(text, (int)resource.OnStartFail);
            Add(text, (int)resource.OnMonitorFail);
            Add(text, (int)resource.OnStopFail);
            Add(text, (int)resource.Mode);
            Add(text, resource.Notify ? 1 : 0);
            Add(text, resource.PromoteTimeout);
            Add(text, resource.DemoteTimeout);
        }
    }

    /// <summary>Of a secret its file is compared, not its content.</summary>
    private static void AddStonith(StringBuilder text, StonithConfig device)
    {
        Add(text, device.Name);
        Add(text, device.Node);
        Add(text, device.Level);
        Add(text, (int)device.Kind);
        Add(text, device.Type);
        AddParameters(text, device.Parameters);
        AddParameters(text, device.Secrets);
        Add(text, device.Plug ?? "");
        Add(text, (int)device.Method);
        Add(text, device.Verify is { } verify ? (verify ? 1 : 0) : -1);
        Add(text, device.Delay);
        Add(text, device.DelayRandom);
        Add(text, device.DelayHolder);
        Add(text, device.Timeout);
        Add(text, device.Retries);
        Add(text, device.SelfTest);
        Add(text, device.Unsafe ? 1 : 0);
        Add(text, device.BrakeCount);
        Add(text, device.BrakeWithin);
    }

    /// <summary>By name: the order of keys in a table means nothing.</summary>
    private static void AddParameters(StringBuilder text, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> parameter in parameters)
        {
            sorted.Add(parameter.Key, parameter.Value);
        }

        Add(text, sorted.Count);
        foreach (KeyValuePair<string, string> parameter in sorted)
        {
            Add(text, parameter.Key);
            Add(text, parameter.Value);
        }
    }

    private static void Add(StringBuilder text, IReadOnlyList<string> values)
    {
        Add(text, values.Count);
        foreach (string value in values)
        {
            Add(text, value);
        }
    }

    private static void Add(StringBuilder text, Duration value) => Add(text, value.Nanoseconds);

    private static void Add(StringBuilder text, long value) =>
        text.Append('\n').Append(value.ToString(CultureInfo.InvariantCulture));

    private static void Add(StringBuilder text, string value)
    {
        Add(text, value.Length);
        text.Append(' ').Append(value);
    }
}
