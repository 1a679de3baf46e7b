using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Daemon.Monitoring;
using Hbd.Sys;
using Xunit;

namespace Hbd.Daemon.Tests.Monitoring;

/// <summary>The metrics' server against scrapers and against others, over real sockets, turned by hand.</summary>
public sealed class MetricsServerTests : IDisposable
{
    private readonly EpollSet _set = new();
    private readonly List<string> _problems = [];
    private readonly List<Socket> _sockets = [];
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("hbd").FullName, "metrics");
    private readonly MetricsServer _server;
    private long _now = 1_000_000_000;
    private int _pieces;

    public MetricsServerTests()
    {
        _server = new MetricsServer(_set, new MetricsConfig(null, 0, _path), Take, _problems.Add);
        _server.Tick(_now);
    }

    public void Dispose()
    {
        _sockets.ForEach(s => s.Dispose());
        _server.Dispose();
        _set.Dispose();
        Assert.False(File.Exists(_path), "the socket goes with the server");
    }

    [Fact]
    public void A_scraper_gets_everything_in_pieces_and_the_end()
    {
        string answer = Ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\n# HELP big ", answer, StringComparison.Ordinal);
        Assert.Contains("big{n=\"9999\"} 9999\n", answer, StringComparison.Ordinal);
        Assert.True(_pieces > 5, "not at one go: " + _pieces);
        Assert.Equal(0, _server.Clients);
    }

    [Theory]
    [InlineData("HEAD /metrics HTTP/1.1\r\n\r\n", "200 OK")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "404 Not Found")]
    [InlineData("DELETE /metrics HTTP/1.1\r\n\r\n", "405 Method Not Allowed")]
    [InlineData("nonsense\r\n\r\n", "400 Bad Request")]
    public void Others_get_an_answer_and_the_end(string request, string status)
    {
        string answer = Ask(request);
        Assert.StartsWith("HTTP/1.1 " + status + "\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("big", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_without_an_end_is_bounded()
        => Assert.StartsWith("HTTP/1.1 431 ", Ask("GET /metrics HTTP/1.1\r\nX: " + new string('x', Limits.MetricsRequestBytes)), StringComparison.Ordinal);

    [Fact]
    public void Clients_are_bounded_and_the_silent_ones_make_room()
    {
        for (int i = 0; i < Limits.MetricsClients; i++)
        {
            Connect();
        }

        Assert.Equal(Limits.MetricsClients, _server.Clients);
        Assert.StartsWith("HTTP/1.1 503 ", Ask("GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        _now += MetricsServer.Patience.Nanoseconds + 1;
        _server.Tick(_now);
        Assert.Equal(0, _server.Clients);
        Assert.StartsWith("HTTP/1.1 200 ", Ask("GET /metrics HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Single_bytes_buy_no_time()
    {
        Socket slow = Connect();
        for (int i = 0; i < 6; i++)
        {
            _now += 1_000_000_000;
            _ = slow.Send("G"u8);
            Turn();
            _server.Tick(_now);
        }

        Assert.Equal(0, _server.Clients);
    }

    /// <summary>A client that takes nothing holds its own answer and nothing else.</summary>
    [Fact]
    public void A_client_that_takes_nothing_is_dropped()
    {
        Socket stuck = Connect();
        _ = stuck.Send("GET /metrics HTTP/1.1\r\n\r\n"u8);
        Turn();
        Assert.Equal(1, _server.Clients);
        _now += MetricsServer.Patience.Nanoseconds + 1;
        _server.Tick(_now);
        Assert.Equal(0, _server.Clients);
    }

    [Fact]
    public void A_file_in_the_way_is_left_alone_and_said_once()
    {
        string path = _path + ".txt";
        File.WriteAllText(path, "mine");
        using MetricsServer server = new(_set, new MetricsConfig(null, 0, path), Take, _problems.Add);
        server.Tick(_now);
        server.Tick(_now + 20_000_000_000);
        Assert.Contains("no socket", Assert.Single(_problems), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void A_port_that_is_taken_is_tried_again()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        int port = ((IPEndPoint)other.LocalEndPoint!).Port;
        using MetricsServer server = new(_set, new MetricsConfig(IPAddress.Loopback, port, null), Take, _problems.Add);
        server.Tick(_now);
        Assert.Contains("no metrics at 127.0.0.1:", Assert.Single(_problems), StringComparison.Ordinal);
        other.Dispose();
        server.Tick(_now + 20_000_000_000);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, port);
        Turn();
        Assert.Equal(1, server.Clients);
    }

    private MetricsSnapshot Take()
    {
        _pieces = 0;
        return new MetricsSnapshot([new MetricsFamily("big", "gauge", "Many lines.", 10_000, (to, i) =>
        {
            _pieces += to.Length == 0 || i == 0 ? 1 : 0;
            to.Sample(i, "n", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        })]);
    }

    private Socket Connect()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _sockets.Add(socket);
        socket.Connect(new UnixDomainSocketEndPoint(_path));
        Turn();
        return socket;
    }

    private string Ask(string request)
    {
        Socket socket = Connect();
        try
        {
            _ = socket.Send(Encoding.ASCII.GetBytes(request));
        }
        catch (SocketException)
        {
            // Sent away before it could speak.
        }

        List<byte> answer = [];
        byte[] buffer = new byte[64 * 1024];
        socket.ReceiveTimeout = 5_000;
        while (true)
        {
            Turn();
            int bytes = socket.Receive(buffer);
            if (bytes == 0)
            {
                return Encoding.UTF8.GetString([.. answer]);
            }

            answer.AddRange(buffer.AsSpan(0, bytes));
        }
    }

    private void Turn()
    {
        for (int i = 0, ready; i < 1_000 && (ready = _set.Wait(0)) > 0; i++)
        {
            _set.Dispatch(ready, _now);
        }
    }
}
