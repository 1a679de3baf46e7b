using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Auth;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <summary>
/// The third machine: a clock of its own, a disk that survives its crashes, and a path to each node that can be cut either way. Answers what
/// reaches it as the product's ledger does, and writes its promises down before it answers.
/// </summary>
internal sealed class SimWitness
{
    private const long ClockOffsetNs = 5_000_000_000;
    private readonly SimWorld _world;
    private readonly Prng _prng;
    private readonly Keyring _keyring;
    private readonly WitnessRequest _request = new();
    private readonly WitnessReply _reply = new();
    private readonly byte[] _buffer = new byte[Limits.FrameBytes];
    private readonly bool[,] _cut = new bool[2, 2];
    private readonly List<WitnessPromise> _disk = [];
    private WitnessLedger? _ledger;

    public SimWitness(SimWorld world, Keyring keyring)
    {
        _world = world;
        _keyring = keyring;
        _prng = new Prng(world.Options.Seed ^ 0x3177_E55);
        Start();
    }

    public bool Runs => _ledger is not null;

    public void Start()
    {
        if (_ledger is not null)
        {
            return;
        }

        _ledger = new WitnessLedger(Limits.Groups, Limits.Nodes, Now);
        _disk.ForEach(promise => _ledger.TryRestore(promise));
    }

    public void Crash() => _ledger = null;

    /// <param name="node">Whose path.</param>
    /// <param name="answers">The way back from the witness; otherwise the way there.</param>
    public void Cut(int node, bool answers, bool cut) => _cut[node, answers ? 1 : 0] = cut;

    public void MendAll()
    {
        Array.Clear(_cut);
        Start();
    }

    /// <summary>A request leaves a node.</summary>
    public void Ask(int node, byte[] frame) => Carry(node, answers: false, () => Arrive(node, frame));

    private Instant Now => new(_world.NowNs + ClockOffsetNs);

    private void Arrive(int node, byte[] frame)
    {
        if (_ledger is null)
        {
            return;
        }

        if (WitnessCodec.Read(frame, _keyring, _request) != Hbd.Core.Wire.FrameVerdict.Accepted)
        {
            throw new OracleException("the witness refused a frame of a node");
        }

        if (!_ledger.TryAnswer(_request, Now, _reply, out bool persist))
        {
            return;
        }

        if (persist)
        {
            _disk.Clear();
            for (int i = 0; i < _ledger.Count; i++)
            {
                _disk.Add(_ledger[i]);
            }
        }

        byte[] answer = _buffer.AsSpan(0, WitnessCodec.Write(_reply, _buffer, _keyring)).ToArray();
        Carry(node, answers: true, () => _world.WitnessAnswers(node, answer));
    }

    private void Carry(int node, bool answers, Action arrive)
    {
        if (_cut[node, answers ? 1 : 0])
        {
            return;
        }

        SimOptions options = _world.Options;
        bool calm = _world.Network.Calm;
        if (calm || !_prng.Chance(options.LossPermille))
        {
            _world.Schedule(Delay(calm), arrive);
            if (!calm && _prng.Chance(options.DuplicatePermille))
            {
                _world.Schedule(Delay(calm), arrive);
            }
        }
    }

    private Duration Delay(bool calm)
    {
        SimOptions options = _world.Options;
        long span = calm ? 0 : (options.DelayMax - options.DelayMin).Nanoseconds / 1_000;

        // Now and then something is stuck somewhere for long: up to two leases.
        if (!calm && _prng.Chance(10))
        {
            span = options.Lease.Nanoseconds * 2 / 1_000;
        }

        return new Duration(options.DelayMin.Nanoseconds + (_prng.Below((int)span + 1) * 1_000L));
    }
}
