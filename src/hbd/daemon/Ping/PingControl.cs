using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using System.Security.Cryptography;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Sys;

namespace Hbd.Daemon.Ping;

/// <summary>
/// Echoes to every address of the ping nodes, one socket for each family that occurs. An answer counts when it comes from the
/// address that was asked, with the sequence and the secret of an echo that is still waited for; each echo is answered once.
/// No allocation per echo. A send that fails is no answer and nothing more: the core judges silence.
/// </summary>
internal sealed class PingControl : IReadyHandler, IDisposable
{
    /// <summary>Echoes to one address that may be under way; an answer that is slower is too old to mean anything.</summary>
    private const int UnderWay = 16;

    private const long NoteEveryNs = 60_000_000_000;

    private readonly EpollSet _epoll;
    private readonly IPingEvents _events;
    private readonly Entry[] _entries;
    private readonly Prng _prng;
    private readonly uint _cookie;
    private readonly ushort _identifier;
    private readonly Family _v4 = new("IPv4", v6: false);
    private readonly Family _v6 = new("IPv6", v6: true);
    private ushort _round;

    public PingControl(PingConfig config, EpollSet epoll, IPingEvents events)
    {
        _epoll = epoll;
        _events = events;
        Span<byte> random = stackalloc byte[14];
        RandomNumberGenerator.Fill(random);
        _cookie = BinaryPrimitives.ReadUInt32LittleEndian(random);
        _identifier = BinaryPrimitives.ReadUInt16LittleEndian(random[4..]);
        _prng = new Prng(BinaryPrimitives.ReadUInt64LittleEndian(random[6..]));
        List<Entry> entries = [];
        foreach (PingTarget target in config.Targets)
        {
            foreach (IPAddress address in target.Addresses)
            {
                entries.Add(new Entry(address));
            }
        }

        _entries = [.. entries];
        Check.That(_entries.Length <= Limits.PingAddresses, "ping addresses are bounded");
        foreach (Entry entry in _entries)
        {
            (entry.Address.IsV6 ? _v6 : _v4).Needed = true;
        }
    }

    /// <summary>Once a second: a family whose socket could not be opened is tried again.</summary>
    public void Tick()
    {
        Open(_v4);
        Open(_v6);
    }

    /// <summary>One echo to every address.</summary>
    public void Send(long nowNs)
    {
        _round++;
        for (int i = 0; i < _entries.Length; i++)
        {
            Entry entry = _entries[i];
            if ((entry.Address.IsV6 ? _v6 : _v4).Socket is not { } socket)
            {
                continue;
            }

            ulong secret = _prng.Next();
            entry.Sent[_round % UnderWay] = new Echo(_round, secret, nowNs);
            Errno error = socket.Send(entry.Address, _round, new EchoMark((uint)i, secret));
            if (error.IsError)
            {
                NoteError(entry, error, nowNs);
            }
        }
    }

    public void OnReady(int fd, uint events, long nowNs)
    {
        IcmpSocket? socket = fd == _v4.Socket?.Descriptor ? _v4.Socket : _v6.Socket;
        for (int i = 0; i < Limits.DatagramsPerTurn && socket is not null; i++)
        {
            if (!socket.TryReceive(out IcmpAddress from, out ushort sequence, out EchoMark mark))
            {
                return;
            }

            if (mark.Address < _entries.Length && _entries[mark.Address].Address == from)
            {
                Answered((int)mark.Address, sequence, mark.Secret);
            }
        }
    }

    public void Dispose()
    {
        Close(_v4);
        Close(_v6);
    }

    private void Answered(int address, ushort sequence, ulong secret)
    {
        ref Echo echo = ref _entries[address].Sent[sequence % UnderWay];
        if (echo.SentNs != 0 && echo.Sequence == sequence && echo.Secret == secret)
        {
            long sentNs = echo.SentNs;
            echo = default;
            _events.OnPingAnswered(address, sentNs);
        }
    }

    private void NoteError(Entry entry, Errno error, long nowNs)
    {
        if (nowNs - entry.NotedNs >= NoteEveryNs)
        {
            entry.NotedNs = nowNs;
            _events.OnPingNote("no echo could be sent to ping address " + entry.Name + ": " + error);
        }
    }

    private void Open(Family family)
    {
        if (!family.Needed || family.Socket is not null)
        {
            return;
        }

        family.Socket = IcmpSocket.Open(family.IsV6, _cookie, _identifier, out Errno error);
        if (family.Socket is not null)
        {
            error = _epoll.Add(family.Socket.Descriptor, EpollSet.In, this);
        }

        if (error.IsError)
        {
            Close(family);
        }

        if (error != family.Problem)
        {
            family.Problem = error;
            _events.OnPingNote(error.IsError
                ? "ping nodes cannot be asked over " + family.Name + ": " + error + "; CAP_NET_RAW or net.ipv4.ping_group_range is needed"
                : "ping nodes are asked over " + family.Name + " again");
        }
    }

    private void Close(Family family)
    {
        if (family.Socket is { } socket)
        {
            _epoll.Remove(socket.Descriptor);
            socket.Dispose();
            family.Socket = null;
        }
    }

    private sealed class Family(string name, bool v6)
    {
        public string Name { get; } = name;

        public bool IsV6 { get; } = v6;

        public bool Needed { get; set; }

        public IcmpSocket? Socket { get; set; }

        public Errno Problem { get; set; }
    }

    private sealed class Entry(IPAddress address)
    {
        public string Name { get; } = address.ToString();

        public IcmpAddress Address { get; } = new(address);

        public Echo[] Sent { get; } = new Echo[UnderWay];

        public long NotedNs { get; set; } = long.MinValue / 2;
    }

    private readonly record struct Echo(ushort Sequence, ulong Secret, long SentNs);
}
