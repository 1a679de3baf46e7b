using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Hbd.Core;
using Hbd.Core.Attributes;
using Hbd.Core.Membership;
using Hbd.Core.Wire;

namespace Hbd.Sim;

/// <summary>
/// Agents that set and delete attributes of either node and of the cluster, also in the midst of faults. Drawn from a generator of its own, so
/// that seeds without them stay what they were. Its rules:
/// A1. Once everything is mended, both nodes have the same attributes, and each of them the value that somebody set.
/// A2. What was set last, by a node in touch once everything was mended, is what both have; what was deleted so is gone.
/// A3. Nothing is left to say: no node thinks that the other misses something.
/// </summary>
internal sealed class AttributeFaults
{
    private const ulong Salt = 0xA77_21B5_0000_000B;
    private const int Names = 4;
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private readonly HashSet<(AttributeKey Key, string Value)> _said = [];
    private readonly Dictionary<AttributeKey, string?> _last = [];
    private int _count;
    private bool _over;

    public AttributeFaults(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ Salt);
    }

    /// <summary>Attributes that were set with both nodes in touch and everything mended.</summary>
    public int LastWords { get; private set; }

    public void Begin()
    {
        if (_world.Options.Attributes)
        {
            Next();
        }
    }

    /// <summary>After everything else was mended; some more are set when both have had the time to meet.</summary>
    public void MendAll()
    {
        _over = true;
        if (_world.Options.Attributes)
        {
            // A little before the end, and never two of one attribute at the same time.
            Duration late = new Duration(_world.Oracle.LivenessBoundNs) - (_world.Options.Keepalive * 40) - (_world.Options.DelayMax * 30);
            for (int i = 0; i < Names; i++)
            {
                AttributeKey key = Draw();
                int node = _prng.Below(2);
                _world.Schedule(late + (_world.Options.Keepalive * (i * 4)) + (_world.Options.DelayMax * (i * 4)), () => SetLast(node, key));
            }
        }
    }

    public void Check()
    {
        if (!_world.Options.Attributes)
        {
            return;
        }

        AttributeRecord[][] tables = [Table(0), Table(1)];
        for (int node = 0; node < 2; node++)
        {
            foreach (AttributeRecord record in tables[node])
            {
                Require(_said.Contains((record.Key, record.Value!)), $"A1: {SimWorld.Name(node)} has a value that nobody set: {record}");
                Require(tables[1 - node].Contains(record), $"A1: only {SimWorld.Name(node)} has {record}");
            }

            Require(_world.Nodes[node].Core!.Attributes.Table.Unconfirmed == 0, $"A3: {SimWorld.Name(node)} still has something to say");
            Require(
                _world.Nodes[node].Attributes.Where(r => r.Value is not null).SequenceEqual(tables[node]),
                $"A1: the files of {SimWorld.Name(node)} are not what it knows");
        }

        foreach ((AttributeKey key, string? value) in _last)
        {
            Require(tables[0].FirstOrDefault(r => r.Key == key)?.Value == value, $"A2: {key} is not {value ?? "deleted"}");
        }
    }

    private void SetLast(int node, AttributeKey key)
    {
        bool calm = _world.Nodes.All(n => n.Runs && n.Core!.Peer.State == NodeState.Active && n.Core.Attributes.Table.Unconfirmed == 0);
        if (calm)
        {
            LastWords++;
            string? value = Value(key);
            _last[key] = value;
            _world.SetAttribute(node, key, value);
        }
    }

    private AttributeRecord[] Table(int node) =>
        [.. _world.Nodes[node].Core!.AttributeRecords().Where(r => r.Value is not null)];

    private void Next()
    {
        long mean = _world.Options.FaultEvery.Nanoseconds / 4_000;
        _world.Schedule(Duration.FromMicroseconds(1 + _prng.Below((int)(mean * 2))), () =>
        {
            if (!_over)
            {
                AttributeKey key = Draw();
                _world.SetAttribute(_prng.Below(2), key, Value(key));
                Next();
            }
        });
    }

    private AttributeKey Draw()
    {
        Owner subject = (Owner)_prng.Below(3);
        int shelf = _prng.Below(3);
        return new AttributeKey(
            subject,
            subject == Owner.Unknown && shelf == 0 ? AttributeShelf.Lasting : (AttributeShelf)shelf,
            "name" + _prng.Below(Names).ToString(CultureInfo.InvariantCulture));
    }

    private string? Value(AttributeKey key)
    {
        string value = (++_count).ToString(CultureInfo.InvariantCulture) + new string('v', _prng.Chance(100) ? _prng.Below(30) : 0);
        if (_prng.Chance(300))
        {
            return null;
        }

        _said.Add((key, value));
        return value;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new OracleException(what);
        }
    }
}
