using System;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.IPaddr;

/// <summary>
/// The frames of one round for one address, built once and sent often. Empty for interfaces without neighbours
/// (lo, ppp, tun): there is nobody to tell.
/// </summary>
public sealed class AnnounceFrames
{
    private readonly byte[] _first = new byte[NeighbourAdvertisement.FrameBytes];
    private readonly byte[] _second = new byte[GratuitousArp.FrameBytes];
    private int _firstBytes;
    private int _secondBytes;
    private int _interface;

    /// <summary>Builds them anew: another address, or the interface has another hardware address now.</summary>
    public void Set(HeldAddress held)
    {
        _interface = held.Link.Index;
        _firstBytes = _secondBytes = 0;
        if (!held.Link.HasNeighbours)
        {
            return;
        }

        NetAddress address = held.Entry.Address;
        if (address.IsV6)
        {
            NeighbourAdvertisement.Write(_first, held.Link.Mac, address, held.IsRouter);
            _firstBytes = NeighbourAdvertisement.FrameBytes;
        }
        else
        {
            GratuitousArp.WriteRequest(_first, held.Link.Mac, address);
            GratuitousArp.WriteReply(_second, held.Link.Mac, address);
            _firstBytes = _secondBytes = GratuitousArp.FrameBytes;
        }
    }

    /// <summary>One round. Does not block; an error means that a frame did not leave (interface down, queue
    /// full).</summary>
    public Errno Send(PacketSocket packets)
    {
        Errno error = Errno.None;
        if (_firstBytes > 0)
        {
            error = packets.Send(_interface, _first.AsSpan(0, _firstBytes));
        }

        if (_secondBytes > 0 && !error.IsError)
        {
            error = packets.Send(_interface, _second.AsSpan(0, _secondBytes));
        }

        return error;
    }
}
