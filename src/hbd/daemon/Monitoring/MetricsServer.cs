using System;
using System.Text;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Control;
using Hbd.Sys;

namespace Hbd.Daemon.Monitoring;

/// <summary>
/// The metrics over HTTP, on the loop thread. Bounded in every direction: connections, bytes of a request, the time a client may take, and the piece of
/// the answer one turn of the loop makes. Costs the loop nothing while nobody is connected. A place that cannot be had is tried again; the daemon
/// does its work without.
/// </summary>
internal sealed class MetricsServer : IReadyHandler, IDisposable
{
    /// <summary>For a request from connect on, and for each piece of the answer.</summary>
    internal static readonly Duration Patience = Duration.FromSeconds(5);

    private const long RetryNs = 10_000_000_000;
    private const uint SocketMode = 0x1b0; // 0660
    private const int AcceptsPerTurn = 4;

    private readonly EpollSet _set;
    private readonly MetricsConfig _config;
    private readonly Func<MetricsSnapshot> _take;
    private readonly Action<string> _problem;
    private readonly SocketClients<MetricsClient> _clients;
    private long _retryNs;
    private string _lastProblem = "";

    /// <param name="take">A snapshot of now.</param>
    /// <param name="problem">Told why there are no metrics, once per reason.</param>
    public MetricsServer(EpollSet set, MetricsConfig config, Func<MetricsSnapshot> take, Action<string> problem)
    {
        _set = set;
        _config = config;
        _take = take;
        _problem = problem;
        _clients = new SocketClients<MetricsClient>(set, this, Limits.MetricsClients, AcceptsPerTurn);
    }

    public int Clients => _clients.Count;

    /// <summary>Connections dropped because they were slow, silent or too many.</summary>
    public long Dropped => _clients.Dropped;

    /// <summary>Did this server work since it was last asked? Such a turn of the loop is no steady one.</summary>
    public bool TakeServed() => _clients.TakeServed();

    /// <summary>Once a second or so: opens what is not open, drops clients whose patience has run out.</summary>
    public void Tick(long nowNs)
    {
        if (!_clients.IsOpen && nowNs >= _retryNs)
        {
            _clients.Served();
            _retryNs = nowNs + RetryNs;
            Listen();
        }

        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            if (nowNs - _clients[i].SinceNs > Patience.Nanoseconds)
            {
                _clients.Dropped++;
                Drop(_clients[i]);
            }
        }
    }

    public void OnReady(int fd, uint events, long nowNs)
    {
        if (_clients.IsListener(fd, out MetricsClient? client))
        {
            Accept(nowNs);
        }
        else if (client is null)
        {
            return;
        }
        else if (client.IsAnswered ? !client.Send(nowNs) : !client.Fill())
        {
            Drop(client);
        }
        else if (!client.IsAnswered)
        {
            Serve(client, nowNs);
        }
    }

    public void Dispose()
    {
        while (_clients.Count > 0)
        {
            Drop(_clients[^1]);
        }

        bool listens = _clients.IsOpen;
        _clients.Dispose();
        if (listens && _config.Path is { } path)
        {
            UnixSocket.Remove(path);
        }
    }

    private void Listen()
    {
        int fd = -1;
        string place = _config.Path ?? (AddressOf(_config) + ":" + _config.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        string? problem = _config.Path is { } path && FileOwner.Of(path) is { Mode: not 0 } there && !there.IsSocket ? "there is a file that is no socket" : null;
        if (problem is null)
        {
            Errno error = _config.Path is null
                ? TcpListener.Listen(_config.Address!, _config.Port, Limits.MetricsClients, out fd)
                : UnixSocket.Listen(_config.Path, SocketMode, null, Limits.MetricsClients, out fd);
            problem = error.IsError ? error.Text : null;
        }

        if (problem is null)
        {
            Errno error = _clients.Open(fd);
            Check.That(!error.IsError, "cannot watch the socket of the metrics");
            _lastProblem = "";
        }
        else if (problem != _lastProblem)
        {
            _lastProblem = problem;
            _problem("no metrics at " + place + ": " + problem);
        }
    }

    private static string AddressOf(MetricsConfig config)
        => config.Address!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "[" + config.Address + "]" : config.Address.ToString();

    private void Accept(long nowNs)
    {
        for (int accepted = 0; _clients.TryAccept(ref accepted, out int fd);)
        {
            MetricsClient client = new(fd, nowNs);
            if (!_clients.TryAdd(client))
            {
                client.Answer(Head("503 Service Unavailable", "too many clients, try again\n"), null, nowNs);
                _ = client.Send(nowNs);
                client.Dispose();
            }
        }
    }

    private void Serve(MetricsClient client, long nowNs)
    {
        HttpRead read = HttpRequest.Read(client.Input);
        if (read == HttpRead.Incomplete && !client.IsFull)
        {
            return;
        }

        (byte[] head, bool body) = read switch
        {
            HttpRead.Get => (Head("200 OK", null), true),
            HttpRead.Head => (Head("200 OK", null), false),
            HttpRead.OtherMethod => (Head("405 Method Not Allowed", "there is GET and HEAD\n", "Allow: GET, HEAD\r\n"), false),
            HttpRead.OtherPath => (Head("404 Not Found", "there is /metrics\n"), false),
            HttpRead.Incomplete => (Head("431 Request Header Fields Too Large", "the request is too long\n"), false),
            _ => (Head("400 Bad Request", "this is HTTP/1.1: GET /metrics\n"), false),
        };
        client.Answer(head, body ? _take() : null, nowNs);
        if (!client.Send(nowNs) || _set.Modify(client.Descriptor, EpollSet.Out).IsError)
        {
            Drop(client);
        }
    }

    /// <summary>Without a length: the end of the connection is the end of the answer (RFC 9112, section 6.3).</summary>
    private static byte[] Head(string status, string? text, string more = "") => Encoding.ASCII.GetBytes(
        "HTTP/1.1 " + status + "\r\nContent-Type: " + (text is null ? "text/plain; version=0.0.4; charset=utf-8" : "text/plain; charset=utf-8")
        + "\r\n" + more + "Cache-Control: no-store\r\nConnection: close\r\n\r\n" + text);

    private void Drop(MetricsClient client)
    {
        client.Discard();
        _clients.Remove(client);
    }
}
