using System;
using Hbd.Core.Auth;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Core;

/// <content>The third vote: rounds of requests, what they say, and what the answers mean.</content>
public sealed partial class ClusterCore
{
    private readonly WitnessRequest _request = new();
    private ulong _requestSequence;
    private int _requestCursor;
    private bool _requestMore;

    /// <summary>No answer of the witness for a lease; false when none is configured.</summary>
    public bool WitnessLost => _witness.IsLost(_lastNow);

    /// <summary>When whatever our own frames allow the peer has run out.</summary>
    public Instant PeerPermitEnds => _permits.PeerPermitEnds;

    /// <summary>Until when a watchdog may be patted; <see cref="Instant.Never"/> while nothing here needs a permit.</summary>
    public Instant PatUntil => _resources.PatUntil;

    /// <summary>
    /// Writes the next page of the round into <paramref name="buffer"/>, signed; returns its length, 0 when the round is complete.
    /// Called in the same turn as the AskWitness action, so that a lease counts from before it was sent.
    /// </summary>
    /// <param name="buffer">At least <see cref="Limits.FrameBytes"/>.</param>
    public int WriteWitnessRequest(Span<byte> buffer, Keyring keyring)
    {
        WitnessRequest? page = NextWitnessRequest();
        return page is null ? 0 : WitnessCodec.Write(page, buffer, keyring);
    }

    /// <summary>The same as data, valid until the next call; null when the round is complete.</summary>
    public WitnessRequest? NextWitnessRequest()
    {
        if (!_requestMore)
        {
            return null;
        }

        _request.Clear();
        _request.Cluster = _clusterId;
        _request.Sender = _selfId;
        _request.Generation = _generation;
        _request.Sequence = ++_requestSequence;
        _request.Nonce = _witness.Nonce;
        _request.Lease = _permits.Lease;
        _requestMore = _resources.FillRequest(_request, ref _requestCursor);
        return _request;
    }

    /// <summary>The clock stood still while everybody else's went on: what was sent before counts no more, and permits end earlier.</summary>
    private void NoteSuspension(Duration suspended)
    {
        if (suspended > Duration.Zero && _permits.Configured)
        {
            _permits.Suspended(suspended);
            _witness.ForgetRounds();
            _resources.ShortenPermits(suspended);
        }
    }

    private void BeginWitnessRound(Instant now, ActionList actions)
    {
        _requestCursor = 0;
        _requestMore = true;
        _witness.Ask(now, actions);
    }

    private void OnWitness(WitnessReply reply, Instant now, ActionList actions)
    {
        bool ours = reply.Cluster == _clusterId && reply.To == _selfId;
        if (ours && _witness.TryAnswered(reply.Nonce, now, out Instant sentAt, actions))
        {
            _resources.WitnessSays(reply, sentAt, actions);
        }
    }

    private void NoteAcknowledged(Packet packet)
    {
        if (_permits.TryAcknowledged(packet, _sequence, out Instant sentAt))
        {
            _resources.Acknowledged(sentAt);
        }
    }
}
