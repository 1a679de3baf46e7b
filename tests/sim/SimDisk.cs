using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <summary>
/// The disk that both nodes reach. One read or write of a node at a time; each takes effect at one moment between its begin and its end, and can
/// be late by up to two leases, fail, or wait for a path that is lost. A power cut tears the write under way. What a daemon began goes on when
/// only the daemon dies, and the next daemon's reads and writes wait for it, as they wait for a process that cannot end.
/// </summary>
internal sealed class SimDisk
{
    private const int ErrorPermille = 5;
    private const int LatePermille = 10;
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private readonly DiskMedium _medium;
    private readonly DiskArbiter?[] _arbiters = new DiskArbiter?[2];
    private readonly Pending?[] _pending = new Pending?[2];
    private readonly bool[] _lost = new bool[2];
    private readonly bool[] _pumping = new bool[2];
    private readonly uint[] _ids;

    public SimDisk(SimWorld world)
    {
        _world = world;
        _prng = new Prng(world.Options.Seed ^ 0xD15C_0001);
        _ids = [WireId.Of(world.Config.Nodes[0]), WireId.Of(world.Config.Nodes[1])];
        _medium = new DiskMedium(WireId.Of(world.Config.Cluster), world.Options.Lease);
    }

    /// <summary>A daemon starts.</summary>
    public void Start(SimNode node)
    {
        DiskIdentity identity = new(_medium.Header, _ids[node.Number], _ids[1 - node.Number], node.Generation, _world.Options.Lease);
        _arbiters[node.Number] = new DiskArbiter(identity, node.Local(_world.NowNs));
    }

    /// <summary>A daemon is gone; with the power, what it was writing is torn.</summary>
    public void End(int number, bool power)
    {
        _arbiters[number] = null;
        if (power && _pending[number] is { } pending)
        {
            _pending[number] = null;
            if (!pending.Done && pending.Operation.IsWrite)
            {
                _medium.Tear(pending.Operation, pending.Data, _prng);
            }
        }
    }

    public void Ask(SimNode node, ClusterCore core)
    {
        DiskArbiter arbiter = _arbiters[node.Number]!;
        arbiter.BeginRound(node.Local(_world.NowNs));
        while (core.NextWitnessRequest() is { } page)
        {
            arbiter.Ask(page);
        }

        Pump(node);
    }

    public void Cut(int node, bool cut) => _lost[node] = cut;

    public void LoseSector(Prng prng) => _medium.LoseSector(prng);

    public void LoseSectorAt(long offset, bool silent) => _medium.LoseSectorAt(offset, silent);

    /// <summary>The paths are back; a lost sector stays lost.</summary>
    public void MendAll() => Array.Clear(_lost);

    private void Pump(SimNode node)
    {
        int number = node.Number;
        if (_pumping[number] || _pending[number] is not null)
        {
            return;
        }

        _pumping[number] = true;
        while (node.Runs && _arbiters[number]?.TakeReply() is { } reply)
        {
            _world.Deliver(node, ClusterEvent.WitnessAnswered(reply));
        }

        _pumping[number] = false;
        if (node.Runs && _arbiters[number] is { } arbiter && arbiter.TryNext(node.Local(_world.NowNs), out DiskOperation operation))
        {
            byte[] data = operation.IsWrite ? arbiter.Slot.ToArray() : new byte[operation.Length];
            Pending pending = new(operation, data, node.Life, _world.NowNs + Delay().Nanoseconds);
            _pending[number] = pending;
            _world.Schedule(Step(pending), () => Run(node, pending));
        }
    }

    /// <summary>Looks again every keepalive, so that what is late ends soon when everything has been mended.</summary>
    private Duration Step(Pending pending)
    {
        Duration left = new(pending.EffectNs - _world.NowNs);
        return left < _world.Options.Keepalive ? left : _world.Options.Keepalive;
    }

    private void Run(SimNode node, Pending pending)
    {
        if (_pending[node.Number] != pending)
        {
            return;
        }

        bool calm = _world.Network.Calm;
        if (!calm && _world.NowNs < pending.EffectNs)
        {
            _world.Schedule(Step(pending), () => Run(node, pending));
        }
        else if (!calm && _lost[node.Number] && pending.Hangs)
        {
            _world.Schedule(_world.Options.Keepalive, () => Run(node, pending));
        }
        else
        {
            bool fails = !calm && (_lost[node.Number] || _prng.Chance(ErrorPermille));
            pending.Ok = !fails;
            if (!fails || (!_lost[node.Number] && _prng.Chance(500)))
            {
                pending.Ok &= _medium.Perform(pending.Operation, pending.Data);
            }

            pending.Done = true;
            _world.Schedule(Delay(), () => Finish(node, pending));
        }
    }

    private void Finish(SimNode node, Pending pending)
    {
        if (_pending[node.Number] != pending)
        {
            return;
        }

        if (node.Life == pending.Life && node.Paused)
        {
            _world.Schedule(_world.Options.Keepalive, () => Finish(node, pending));
            return;
        }

        _pending[node.Number] = null;
        if (node.Life == pending.Life && node.Runs)
        {
            _arbiters[node.Number]?.Done(node.Local(_world.NowNs), pending.Ok, pending.Data);
        }

        Pump(node);
    }

    private Duration Delay()
    {
        SimOptions options = _world.Options;
        bool calm = _world.Network.Calm;
        long span = calm ? 1 : options.Keepalive.Nanoseconds / 8_000;
        if (!calm && _prng.Chance(LatePermille))
        {
            span = options.Lease.Nanoseconds * 2 / 1_000;
        }

        return Duration.FromMicroseconds(50 + _prng.Below((int)span + 1));
    }

    /// <summary>A read or write under way.</summary>
    private sealed class Pending(DiskOperation operation, byte[] data, int life, long effectNs)
    {
        public DiskOperation Operation => operation;

        public byte[] Data => data;

        public int Life => life;

        /// <summary>When it reaches the medium at the earliest.</summary>
        public long EffectNs => effectNs;

        /// <summary>With its path lost it waits; otherwise it fails.</summary>
        public bool Hangs { get; } = effectNs % 2 == 0;

        public bool Done { get; set; }

        public bool Ok { get; set; }
    }
}
