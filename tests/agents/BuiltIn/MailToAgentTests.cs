using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Hbd.Core.Resources;
using Hbd.Plugins.Agents.MailTo;
using Xunit;

namespace Hbd.Agents.Tests.BuiltIn;

/// <summary>Against a small mail server on a real socket.</summary>
public sealed class MailToAgentTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_mail_at_the_start_and_one_at_the_stop()
    {
        using Server server = new();
        Calls calls = To(server, ("email", "root@localhost, admin@example.org"), ("subject", "Grüße"));
        calls.Life();
        Assert.Equal("", calls.Text);
        Assert.Equal(2, server.Mails.Count);
        Assert.Equal(["root@localhost", "admin@example.org", "root@localhost", "admin@example.org"], server.Receivers);
        string mail = server.Mails[0];
        Assert.Contains("Subject: =?utf-8?B?", mail, StringComparison.Ordinal);
        Assert.Contains("From: hbd@alpha", mail, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\nGrüße Takeover in progress at ", mail, StringComparison.Ordinal);
        Assert.Contains("Migrating resource away at ", server.Mails[1], StringComparison.Ordinal);
        Assert.True(DateTimeOffset.TryParse(mail.Split("\r\n")[0]["Date: ".Length..], null, out _));
    }

    [Fact]
    public void A_server_that_refuses_hangs_or_is_not_there_does_not_stop_the_group()
    {
        using (Server refusing = new() { Greeting = "554 go away\r\n" })
        {
            Said(refusing, "554 go away");
        }

        using (Server refusing = new() { OnReceiver = "550-no\r\n550 such user\r\n" })
        {
            Said(refusing, "such user");
        }

        using (Server endless = new() { Greeting = new string('2', 20_000) })
        {
            Said(endless, "the answer has no end");
        }

        using (Server hung = new() { Greeting = "" })
        {
            Stopwatch watch = Stopwatch.StartNew();
            Said(hung, "no answer", 1);
            Assert.InRange(watch.ElapsedMilliseconds, 400, 3000);
        }

        Calls nobody = new(new MailToAgent(_scratch.States, "alpha"), ("email", "root"), ("server", "127.0.0.1:1"));
        nobody.Expect(AgentResult.Ok, AgentAction.Start);
        Assert.Contains("no mail was sent", nobody.Text, StringComparison.Ordinal);
        nobody.Expect(AgentResult.Ok, AgentAction.Stop);

        void Said(Server server, string words, double seconds = 10)
        {
            Calls calls = To(server, ("email", "root"));
            calls.Expect(AgentResult.Ok, AgentAction.Start, seconds);
            Assert.Contains(words, calls.Text, StringComparison.Ordinal);
            Assert.Empty(server.Mails);
            File.Delete(_scratch.States.PathOf("MailTo", "test:1"));
        }
    }

    [Fact]
    public void Mistakes()
    {
        Wrong("email", "a@b\r\nRCPT TO:<x>");
        Wrong("email", "<a@b>");
        Wrong("subject", "a@b", "x\r\ny");
        Calls named = new(new MailToAgent(_scratch.States, "alpha"), ("email", "a"), ("server", "mail.example.org"));
        Assert.Contains("is not an address such as", named.Validate(), StringComparison.Ordinal);
        foreach (string server in (string[])["127.0.0.1", "localhost:2525", "[::1]:25", "::1"])
        {
            Assert.Null(new Calls(new MailToAgent(_scratch.States, "alpha"), ("email", "a"), ("server", server)).Validate());
        }

        void Wrong(string words, params string[] arguments)
            => Assert.Contains(words, new Calls(new MailToAgent(_scratch.States, "alpha"), arguments).Validate(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fuzz_replies_of_a_server()
    {
        Random random = new(11);
        string alphabet = "25 -\r\nx";
        for (int round = 0; round < 50_000; round++)
        {
            StringBuilder reply = new();
            int length = random.Next(30);
            for (int i = 0; i < length; i++)
            {
                reply.Append(alphabet[random.Next(alphabet.Length)]);
            }

            Assert.False(SmtpDialogue.IsWhole(reply) && !reply.ToString().EndsWith('\n'));
        }

        Assert.True(SmtpDialogue.IsWhole(new("250-a\r\n250 b\r\n")));
        Assert.False(SmtpDialogue.IsWhole(new("250-a\r\n250-b\r\n")));
        Assert.False(SmtpDialogue.IsWhole(new("250 b")));
    }

    private Calls To(Server server, params (string Key, string Value)[] parameters)
        => new(new MailToAgent(_scratch.States, "alpha"), [.. parameters, ("server", "127.0.0.1:" + server.Port)]);

    /// <summary>As much of a mail server as one client needs.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Thread _thread;

        public Server()
        {
            _listener.Start();
            _thread = new Thread(Serve);
            _thread.Start();
        }

        public string Greeting { get; init; } = "220 ready\r\n";

        public string OnReceiver { get; init; } = "250 ok\r\n";

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public List<string> Mails { get; } = [];

        public List<string> Receivers { get; } = [];

        public void Dispose()
        {
            _listener.Stop();
            _thread.Join();
        }

        private void Serve()
        {
            while (true)
            {
                try
                {
                    using TcpClient client = _listener.AcceptTcpClient();
                    client.ReceiveTimeout = 5000;
                    Talk(client.GetStream());
                }
                catch (IOException)
                {
                    // The client has had enough.
                }
                catch (Exception e) when (e is SocketException or InvalidOperationException)
                {
                    return;
                }
            }
        }

        private void Talk(NetworkStream stream)
        {
            using StreamReader reader = new(stream, Encoding.UTF8);
            Say(Greeting);
            while (reader.ReadLine() is { } line && line != "QUIT")
            {
                if (line.StartsWith("RCPT TO:<", StringComparison.Ordinal))
                {
                    Receivers.Add(line[9..^1]);
                }

                if (line == "DATA")
                {
                    Say("354 go on\r\n");
                    StringBuilder mail = new();
                    while (reader.ReadLine() is { } text && text != ".")
                    {
                        mail.Append(text).Append("\r\n");
                    }

                    Mails.Add(mail.ToString());
                }

                Say(line.StartsWith("RCPT", StringComparison.Ordinal) ? OnReceiver : line.StartsWith("EHLO", StringComparison.Ordinal) ? "250-mail\r\n250 SIZE\r\n" : "250 ok\r\n");
            }

            void Say(string text) => stream.Write(Encoding.ASCII.GetBytes(text));
        }
    }
}
