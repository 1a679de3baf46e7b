using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Wire;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <content>What leaves a node and what reaches one: heartbeats, what somebody recorded of them, and the witness.</content>
internal sealed partial class SimWorld
{
    /// <summary>Somebody sends recorded frames of the peer to a node again: all of them, or the newest ones.</summary>
    public void Replay(int to, int link, int count = int.MaxValue)
    {
        IReadOnlyList<byte[]> history = Network.History(1 - to);
        for (int i = Math.Max(0, history.Count - count); i < history.Count; i++)
        {
            Arrive(Nodes[to], link, history[i]);
        }
    }

    public void Inject(int to, int link, byte[] frame) => Arrive(Nodes[to], link, frame);

    private void Send(SimNode node, ClusterCore core)
    {
        for (int link = 0; link < Network.Links; link++)
        {
            int length = core.WriteFrame(link, _buffer.AsSpan(0, Options.FrameBytes), node.Keyring);
            node.Recording.Wrote(node.Local(NowNs), link, Options.FrameBytes);
            byte[] frame = _buffer.AsSpan(0, length).ToArray();
            Oracle.Sent(node.Number, frame);
            Network.Send(link, node.Number, frame, _arrivals);
            foreach ((Duration delay, byte[] arriving) in _arrivals)
            {
                SimNode to = Nodes[1 - node.Number];
                int arrivingLink = link;
                Schedule(delay, () => Arrive(to, arrivingLink, arriving));
            }
        }
    }

    private void Arrive(SimNode node, int link, byte[] frame)
    {
        if (node.Paused && !node.Deaf && node.Waiting.Count < SocketBufferFrames)
        {
            node.Waiting.Enqueue((link, frame, NowNs));
        }
        else if (node.Runs)
        {
            Receive(node, link, frame, NowNs);
        }
    }

    private void Receive(SimNode node, int link, byte[] frame, long arrivedNs)
    {
        Frames++;
        FrameVerdict verdict = node.Codec.Decode(frame, node.Keyring, node.Packet);
        if (verdict != FrameVerdict.Accepted)
        {
            throw new OracleException("a frame of the peer was refused: " + verdict);
        }

        Oracle.Delivered(node.Number, node.Packet.Generation, node.Packet.Sequence, frame, arrivedNs);
        Step(node, ClusterEvent.PacketAccepted(link, node.Packet));
    }

    /// <summary>An answer of the witness arrives; it waits in the socket of a daemon that stands still.</summary>
    public void WitnessAnswers(int number, byte[] frame)
    {
        SimNode node = Nodes[number];
        if (node.Paused && !node.Deaf)
        {
            Schedule(Options.Keepalive, () => WitnessAnswers(number, frame));
        }
        else if (node.Runs && WitnessCodec.Read(frame, node.Keyring, node.WitnessReply) == FrameVerdict.Accepted)
        {
            Step(node, ClusterEvent.WitnessAnswered(node.WitnessReply));
        }
    }

    private void AskWitness(SimNode node, ClusterCore core)
    {
        if (Disk is not null)
        {
            Disk.Ask(node, core);
            return;
        }

        byte[] page = new byte[Limits.FrameBytes];
        for (int length; (length = core.WriteWitnessRequest(page, node.Keyring)) > 0;)
        {
            Witness?.Ask(node.Number, page.AsSpan(0, length).ToArray());
        }
    }
}
