using System;
using Hbd.Core.Auth;

namespace Hbd.Core.Wire;

/// <summary>
/// Bytes → an authentic <see cref="Packet"/> of the peer, or the reason why not. Cheap tests first, so that a flood of
/// foreign frames is dropped for the price of a comparison. Freshness is not judged here: that takes state
/// (<see cref="Membership.PeerTracker"/>).
/// </summary>
public sealed class FrameCodec
{
    private readonly uint _cluster;
    private readonly uint _self;
    private readonly uint _peer;

    public FrameCodec(string cluster, string self, string peer)
    {
        _cluster = WireId.Of(cluster);
        _self = WireId.Of(self);
        _peer = WireId.Of(peer);
    }

    public FrameVerdict Decode(ReadOnlySpan<byte> bytes, Keyring keyring, Packet packet)
    {
        FrameVerdict verdict = PacketReader.Frame(bytes, packet);
        if (verdict != FrameVerdict.Accepted)
        {
            return verdict;
        }

        if (packet.Cluster != _cluster)
        {
            return FrameVerdict.WrongCluster;
        }

        if (packet.Sender != _peer)
        {
            return packet.Sender == _self ? FrameVerdict.OwnFrame : FrameVerdict.UnknownSender;
        }

        verdict = keyring.Verify(packet.KeyId, bytes);
        return verdict == FrameVerdict.Accepted ? PacketReader.Body(bytes, packet) : verdict;
    }
}
