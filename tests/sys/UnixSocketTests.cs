using System;
using System.IO;
using System.Runtime.Versioning;
using Hbd.Sys.Tests.Support;
using Xunit;

namespace Hbd.Sys.Tests;

/// <summary>
/// Goal: a control socket that only its owner reaches, and that outlives neither a crash nor a second daemon.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class UnixSocketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-unix").FullName;

    private string SocketPath => Path.Combine(_directory, "control");

    [Fact]
    public void Client_and_server_talk_and_the_peer_is_known()
    {
        using UnixListener listener = Listen();
        Assert.Null(listener.Accept(out Errno error));
        Assert.Equal(Errno.EAGAIN, error.Value);
        using UnixStream client = UnixStream.Connect(SocketPath, out error)!;
        using UnixStream server = listener.Accept(out error)!;
        Assert.True(server.TryGetPeer(out int pid, out uint uid, out _));
        Assert.Equal(TestLibc.getpid(), pid);
        Assert.Equal(TestLibc.geteuid(), uid);

        byte[] buffer = new byte[10];
        Assert.Equal(-1, server.Read(buffer, out error));
        Assert.Equal(Errno.EAGAIN, error.Value);
        Assert.Equal(3, client.Write([1, 2, 3], out _));
        Assert.Equal(3, server.Read(buffer, out _));
        client.Dispose();
        Assert.Equal(0, server.Read(buffer, out _));
        Assert.Equal(-1, server.Write([1], out error));
        Assert.Equal(Errno.EPIPE, error.Value);
    }

    [Fact]
    public void The_socket_is_its_owners_from_the_first_moment_and_gone_at_the_end()
    {
        using (Listen())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
        }

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void A_second_daemon_is_refused_and_a_dead_ones_socket_is_taken_over()
    {
        using (Listen())
        {
            Assert.Null(UnixListener.Open(SocketPath, 0x180, 8, out Errno error, out string call));
            Assert.Equal(("bind", Errno.EADDRINUSE), (call, error.Value));
            File.Move(SocketPath, SocketPath + ".left");
        }

        File.Move(SocketPath + ".left", SocketPath);
        Assert.Null(UnixStream.Connect(SocketPath, out Errno refused));
        Assert.Equal(Errno.ECONNREFUSED, refused.Value);
        using UnixListener next = Listen();
    }

    [Fact]
    public void A_plain_file_in_the_way_is_not_removed()
    {
        File.WriteAllText(SocketPath, "precious");
        Assert.Null(UnixListener.Open(SocketPath, 0x180, 8, out Errno error, out _));
        Assert.Equal(Errno.EADDRINUSE, error.Value);
        Assert.Equal("precious", File.ReadAllText(SocketPath));
    }

    [Fact]
    public void A_path_longer_than_an_address_is_refused()
    {
        Assert.Null(UnixListener.Open(SocketPath + new string('x', 100), 0x180, 8, out Errno error, out _));
        Assert.Equal(Errno.ENAMETOOLONG, error.Value);
    }

    public void Dispose() => Directory.Delete(_directory, true);

    private UnixListener Listen()
    {
        UnixListener? listener = UnixListener.Open(SocketPath, 0x180, 8, out Errno error, out string call);
        Assert.True(listener is not null, call + ": " + error);
        return listener;
    }
}
