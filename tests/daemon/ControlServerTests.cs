using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hbd.Core;
using Hbd.Daemon.Control;
using Hbd.Sys;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>The control socket against clients that behave and clients that do not.</summary>
public sealed class ControlServerTests
{
    [Fact]
    public void Status_is_one_line_of_json_in_snake_case()
    {
        using ControlFixture lab = new();
        using JsonDocument status = JsonDocument.Parse(lab.Ask(lab.Connect(), """{"command":"status"}"""));
        Assert.Equal("web", status.RootElement.GetProperty("cluster").GetString());
        Assert.Equal("active", status.RootElement.GetProperty("peer").GetProperty("state").GetString());
        Assert.Equal(43.25, status.RootElement.GetProperty("links")[0].GetProperty("last_heard_ms").GetDouble());
        Assert.Equal(5, status.RootElement.GetProperty("frames_refused").GetProperty("replayed").GetInt64());
        Assert.Equal("running", status.RootElement.GetProperty("groups")[0].GetProperty("here").GetString());
    }

    [Theory]
    [InlineData("""{"command":"standby"}""", "Standby all", true)]
    [InlineData("""{"command":"takeover","selector":"local"}""", "Takeover local", true)]
    [InlineData("""{"command":"failback","selector":"nosuch"}""", "Failback nosuch", false)]
    [InlineData("""{"command":"stop"}""", "Stop ", true)]
    public void Commands_reach_the_daemon_and_its_answer_comes_back(string request, string executed, bool ok)
    {
        using ControlFixture lab = new();
        using JsonDocument reply = JsonDocument.Parse(lab.Ask(lab.Connect(), request));
        Assert.Equal(executed, Assert.Single(lab.Executed));
        Assert.Equal(ok, reply.RootElement.GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"command":7}""")]
    [InlineData("""{"command":"reboot"}""")]
    [InlineData("""{"command":"stop","selector":"all"}""")]
    public void Nonsense_is_answered_and_the_connection_lives_on(string request)
    {
        using ControlFixture lab = new();
        Socket socket = lab.Connect();
        Assert.StartsWith("""{"ok":false,""", lab.Ask(socket, request));
        Assert.Empty(lab.Executed);
        Assert.StartsWith("""{"version":""", lab.Ask(socket, """{"command":"status"}"""));
    }

    /// <summary>Several requests in one segment, and one request in several, are the same to the server.</summary>
    [Fact]
    public void Requests_are_lines_however_they_arrive()
    {
        using ControlFixture lab = new();
        Socket socket = lab.Connect();
        _ = socket.Send("{\"command\":\"standby\"}\n{\"command\":\"failback\"}\n{\"comm"u8);
        lab.Turn();
        _ = socket.Send("and\":\"takeover\"}\n"u8);
        lab.Turn();
        Assert.Equal(["Standby all", "Failback all", "Takeover all"], lab.Executed);
    }

    [Fact]
    public void A_request_beyond_the_limit_ends_the_connection()
    {
        using ControlFixture lab = new();
        Socket socket = lab.Connect();
        _ = socket.Send(new byte[Limits.ControlRequestBytes + 1]);
        Assert.StartsWith("""{"ok":false,"message":"the request is too long""", lab.ReadLine(socket));
        Assert.Equal(0, lab.Server.Clients);
        Assert.Equal(1, lab.Server.Dropped);
    }

    [Fact]
    public void A_client_too_many_is_told_so()
    {
        using ControlFixture lab = new();
        for (int i = 0; i < Limits.ControlClients; i++)
        {
            _ = lab.Connect();
        }

        Assert.Equal(Limits.ControlClients, lab.Server.Clients);
        Assert.Contains("too many clients", lab.ReadLine(lab.Connect()));
        Assert.Equal(Limits.ControlClients, lab.Server.Clients);
    }

    [Fact]
    public void A_client_that_says_nothing_is_dropped_in_the_end_and_a_watcher_is_not()
    {
        using ControlFixture lab = new();
        Socket watcher = lab.Connect();
        _ = lab.Ask(watcher, """{"command":"watch"}""");
        _ = lab.Connect();
        lab.NowNs += ControlServer.Patience.Nanoseconds;
        lab.Server.Tick(lab.NowNs);
        Assert.Equal(2, lab.Server.Clients);
        lab.NowNs += 1;
        lab.Server.Tick(lab.NowNs);
        Assert.Equal(1, lab.Server.Clients);
    }

    /// <summary>A watcher that does not read must not pile up states; when it reads again it gets the newest.</summary>
    [Fact]
    public void A_slow_watcher_gets_the_newest_state_and_no_more_than_one_waits()
    {
        using ControlFixture lab = new() { GroupCount = 1_000 };
        Socket socket = lab.Connect();
        _ = socket.Send("{\"command\":\"watch\"}\n"u8);
        lab.Turn();
        for (ulong epoch = 2; epoch <= 50; epoch++)
        {
            lab.Epoch = epoch;
            lab.Server.Publish(lab.NowNs);
            lab.Turn();
        }

        string last = "";
        for (int lines = 1; !last.Contains("\"epoch\":50,"); lines++)
        {
            Assert.True(lines <= 3, "more than the first, one on its way and the newest");
            last = lab.ReadLine(socket);
        }
    }

    [Fact]
    public void A_client_that_takes_nothing_is_dropped()
    {
        using ControlFixture lab = new() { GroupCount = 1_000 };
        Socket socket = lab.Connect();
        for (int i = 0; i < 20; i++)
        {
            _ = socket.Send("{\"command\":\"status\"}\n"u8);
            lab.Turn();
        }

        lab.NowNs += ControlServer.Patience.Nanoseconds + 1;
        lab.Server.Tick(lab.NowNs);
        Assert.Equal(0, lab.Server.Clients);
        Assert.Equal(1, lab.Server.Dropped);
    }

    [Fact]
    public void Publishing_to_nobody_allocates_nothing()
    {
        using ControlFixture lab = new();
        lab.Server.Publish(lab.NowNs);
        lab.Server.Tick(lab.NowNs);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                lab.Server.Publish(lab.NowNs);
                lab.Server.Tick(lab.NowNs);
            }
        }));
    }

    [Fact]
    public void A_second_daemon_is_refused_and_the_first_goes_on()
    {
        using ControlFixture lab = new();
        using EpollSet set = new();
        using (ControlServer second = new(set, lab))
        {
            Assert.Contains("already running", second.Open(lab.RunDir));
        }

        Assert.StartsWith("""{"version":""", lab.Ask(lab.Connect(), """{"command":"status"}"""));
    }

    /// <summary>A daemon killed by SIGKILL leaves its socket; the next one replaces it.</summary>
    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void A_socket_left_behind_is_replaced_and_the_mode_is_0660()
    {
        string runDir = Directory.CreateTempSubdirectory("hbd").FullName;
        string path = Path.Combine(runDir, "control");
        Assert.False(UnixSocket.Listen(path, 0x1b0, null, 1, out int fd).IsError);
        new Fd(fd).Dispose();
        using EpollSet set = new();
        using ControlFixture lab = new();
        using (ControlServer server = new(set, lab))
        {
            Assert.Null(server.Open(runDir));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
                File.GetUnixFileMode(path));
        }

        Assert.False(File.Exists(path));
        Directory.Delete(runDir, recursive: true);
    }

    [Fact]
    public void A_run_directory_with_a_name_too_long_for_a_socket_is_an_error_with_its_name()
    {
        using EpollSet set = new();
        using ControlFixture lab = new();
        using ControlServer server = new(set, lab);
        Assert.Contains("too long", server.Open("/tmp/" + new string('x', 120)));
    }

    [Fact]
    public void Hanging_up_with_an_answer_on_its_way_harms_nobody()
    {
        using ControlFixture lab = new() { GroupCount = 1_000 };
        Socket socket = lab.Connect();
        _ = socket.Send(Encoding.ASCII.GetBytes("{\"command\":\"status\"}\n{\"command\":\"watch\"}\n"));
        lab.Turn();
        socket.Dispose();
        lab.Turn();
        lab.Server.Publish(lab.NowNs);
        Assert.Equal(0, lab.Server.Clients);
    }
}
