using System;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>All media of a configuration, in its order: the index is the link's number.</summary>
internal sealed class MediumSet : IDisposable
{
    private readonly IMedium[] _media;

    /// <summary>Builds them closed; the first <see cref="Tick"/> opens what can be opened.</summary>
    public MediumSet(ClusterConfig config, int ownNode, EpollSet epoll, IMediumEvents events)
    {
        Check.That(ownNode is >= 0 and < Limits.Nodes, "own node number");
        Check.That(config.Media.Count <= Limits.Links, "number of media");
        _media = new IMedium[config.Media.Count];
        for (int i = 0; i < _media.Length; i++)
        {
            _media[i] = Create(config.Media[i], config.Keepalive, ownNode, epoll, events);
        }
    }

    public int Count => _media.Length;

    public IMedium this[int link] => _media[link];

    /// <summary>Link number of a medium of this set.</summary>
    public int IndexOf(IMedium medium) => Array.IndexOf(_media, medium);

    /// <summary>At start and every second.</summary>
    public void Tick(long nowNs)
    {
        for (int i = 0; i < _media.Length; i++)
        {
            _media[i].Tick(nowNs);
        }
    }

    public void Dispose()
    {
        for (int i = 0; i < _media.Length; i++)
        {
            _media[i].Dispose();
        }
    }

    private static IMedium Create(
        MediumConfig config, Duration keepalive, int ownNode, EpollSet epoll, IMediumEvents events) => config switch
        {
            McastConfig mcast => new McastMedium(mcast, epoll, events),
            BcastConfig bcast => new BcastMedium(bcast, epoll, events),
            UcastConfig ucast => new UcastMedium(ucast, ownNode, epoll, events),
            SerialConfig serial => new SerialMedium(serial, keepalive, epoll, events),
            _ => throw new CheckFailedException("unknown kind of medium"),
        };
}
