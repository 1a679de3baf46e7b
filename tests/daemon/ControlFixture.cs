using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using Hbd.Daemon.Control;
using Hbd.Sys;

namespace Hbd.Daemon.Tests;

/// <summary>A control server with a stand-in for the daemon behind it, turned by hand: one thread, no waiting by the clock.</summary>
internal sealed class ControlFixture : IControlTarget, IDisposable
{
    private readonly List<Socket> _sockets = [];

    public ControlFixture()
    {
        RunDir = Directory.CreateTempSubdirectory("hbd").FullName;
        Server = new ControlServer(Set, this);
        OpenError = Server.Open(RunDir);
    }

    public string RunDir { get; }

    public EpollSet Set { get; } = new();

    public ControlServer Server { get; }

    public string? OpenError { get; }

    /// <summary>Commands that reached the target.</summary>
    public List<string> Executed { get; } = [];

    public ulong Epoch { get; set; } = 1;

    /// <summary>Groups in the status, to make it as long as a test needs.</summary>
    public int GroupCount { get; set; } = 1;

    public long NowNs { get; set; } = 1_000_000_000;

    public FenceDocument Fencing() => FenceDocument.None;

    public ComparisonDocument Compare(ControlCommand command) => new() { State = command.ToString(), Peer = "srv2" };

    public string Metrics() => "hbd_test 1\n";

    public StatusDocument Status() => Sample.Status(Epoch, GroupCount);

    /// <summary>What was put on record.</summary>
    public List<string> Record { get; } = [];

    public void Asked(string who, string what, string answer) => Record.Add(who + ": " + what + ": " + answer);

    public CommandReply Execute(ControlCommand command, string selector, ControlClient who)
    {
        Executed.Add(command + " " + selector);
        return selector == "nosuch" ? new CommandReply(false, "no group \"nosuch\"") : new CommandReply(true, "asked");
    }

    public Socket Connect()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(RunDir, "control")));
        socket.ReceiveTimeout = 5_000;
        _sockets.Add(socket);
        Turn();
        return socket;
    }

    /// <summary>Serves until nothing is ready.</summary>
    public void Turn()
    {
        for (int i = 0; i < 10_000; i++)
        {
            int ready = Set.Wait(0);
            if (ready == 0)
            {
                return;
            }

            Set.Dispatch(ready, NowNs);
        }

        throw new InvalidOperationException("the server never comes to rest");
    }

    public string Ask(Socket socket, string line)
    {
        _ = socket.Send(Encoding.UTF8.GetBytes(line + "\n"));
        Turn();
        return ReadLine(socket);
    }

    /// <summary>One line, with turns of the server in between; empty at the end of the connection.</summary>
    public string ReadLine(Socket socket)
    {
        List<byte> line = [];
        byte[] one = new byte[1];
        while (true)
        {
            Turn();
            if (socket.Receive(one) == 0)
            {
                return Encoding.UTF8.GetString([.. line]);
            }

            if (one[0] == (byte)'\n')
            {
                return Encoding.UTF8.GetString([.. line]);
            }

            line.Add(one[0]);
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        Server.Dispose();
        Set.Dispose();
        Directory.Delete(RunDir, recursive: true);
    }
}
