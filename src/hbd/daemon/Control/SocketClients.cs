using System;
using System.Collections.Generic;
using Hbd.Sys;

namespace Hbd.Daemon.Control;

/// <summary>One connection to a socket of the daemon.</summary>
internal interface ISocketClient : IDisposable
{
    int Descriptor { get; }
}

/// <summary>A listening socket and its connections, so many at a time, on the loop thread: what the control socket and the metrics have in common.</summary>
/// <param name="owner">Told when the listener, or a client, is ready.</param>
/// <param name="places">Clients at one time.</param>
/// <param name="acceptsPerTurn">New ones before the loop looks at something else.</param>
internal sealed class SocketClients<T>(EpollSet set, IReadyHandler owner, int places, int acceptsPerTurn) : IDisposable
    where T : class, ISocketClient
{
    private readonly List<T> _clients = new(places);
    private Fd _listener = new(-1);
    private bool _served;

    public bool IsOpen => _listener.IsOpen;

    public int Count => _clients.Count;

    /// <summary>Connections dropped because they were slow, silent, too many or out of bounds.</summary>
    public long Dropped { get; set; }

    public T this[int index] => _clients[index];

    /// <summary>Takes over a listening socket.</summary>
    public Errno Open(int fd)
    {
        _listener = new Fd(fd);
        return set.Add(fd, EpollSet.In, owner);
    }

    /// <summary>Did this socket have work since it was last asked? Such a turn of the loop is no steady one.</summary>
    public bool TakeServed()
    {
        bool served = _served;
        _served = false;
        return served;
    }

    public void Served() => _served = true;

    /// <summary>True: the listener is ready. Otherwise the client that is; null: it has gone.</summary>
    public bool IsListener(int fd, out T? client)
    {
        _served = true;
        client = fd == _listener.Value ? null : _clients.Find(c => c.Descriptor == fd);
        return fd == _listener.Value;
    }

    /// <summary>The next connection that waits.</summary>
    /// <param name="accepted">So many were taken in this turn.</param>
    public bool TryAccept(ref int accepted, out int fd)
    {
        fd = -1;
        return accepted++ < acceptsPerTurn && !UnixSocket.Accept(_listener.Value, out fd).IsError;
    }

    /// <summary>False: there is no place, which was counted; the client is still the caller's.</summary>
    public bool TryAdd(T client)
    {
        if (_clients.Count == places || set.Add(client.Descriptor, EpollSet.In, owner).IsError)
        {
            Dropped++;
            return false;
        }

        _clients.Add(client);
        return true;
    }

    public void Remove(T client)
    {
        set.Remove(client.Descriptor);
        _ = _clients.Remove(client);
        client.Dispose();
    }

    public void Dispose()
    {
        while (_clients.Count > 0)
        {
            Remove(_clients[^1]);
        }

        if (_listener.IsOpen)
        {
            set.Remove(_listener.Value);
            _listener.Dispose();
        }
    }
}
