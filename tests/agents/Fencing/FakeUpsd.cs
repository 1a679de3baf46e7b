using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>A mock of upsd: the few commands of RFC 9271 that the driver uses, for one UPS called ups1.</summary>
internal sealed class FakeUpsd : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Thread _thread;
    private string _status = "OL";

    public FakeUpsd()
    {
        _listener.Start();
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Password { get; set; } = "s3cr3t";

    /// <summary>load.off is accepted and does nothing.</summary>
    public bool Lies { get; set; }

    public bool IsMute { get; set; }

    public List<string> Commands { get; } = [];

    public void Dispose()
    {
        _listener.Stop();
        _thread.Join();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                using TcpClient client = _listener.AcceptTcpClient();
                using StreamReader reader = new(client.GetStream());
                using StreamWriter writer = new(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
                while (reader.ReadLine() is { } line)
                {
                    if (!IsMute)
                    {
                        Answer(line, writer);
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            // The listener was stopped: between two connections that is an invalid operation, not a socket error.
        }
    }

    private void Answer(string line, StreamWriter writer)
    {
        string[] words = line.Split(' ');
        switch (words[0])
        {
            case "USERNAME":
                writer.WriteLine("OK");
                break;
            case "PASSWORD":
                writer.WriteLine(words[1] == Password ? "OK" : "ERR ACCESS-DENIED");
                break;
            case "LIST":
                writer.Write("BEGIN LIST CMD ups1\nCMD ups1 load.on\nCMD ups1 load.off\nEND LIST CMD ups1\n");
                break;
            case "GET":
                writer.WriteLine("VAR ups1 ups.status \"" + _status + "\"");
                break;
            case "INSTCMD":
                Commands.Add(words[2]);
                _status = Lies ? _status : words[2] == "load.off" ? "OL OFF" : "OL";
                writer.WriteLine("OK");
                break;
            default:
                writer.WriteLine("ERR UNKNOWN-COMMAND");
                break;
        }
    }
}
