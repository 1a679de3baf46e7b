using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Logging;
using Hbd.Sys;

namespace Hbd.Daemon.Aside;

/// <summary>
/// Programs that run as long as the daemon does: started when it is up, again when they end, not again after exit code 100, which is
/// the classic rule. One that ends within half a minute is started after 1 s, 2 s, 4 s … 60 s. setpriv(1) gives them their user and a
/// SIGTERM when the daemon is gone, however it went.
/// </summary>
internal sealed class RespawnClients : IDisposable
{
    private const string Setpriv = "/usr/bin/setpriv";
    private const string PasswordFile = "/etc/passwd";

    /// <summary>The exit code with which a program asks to be left alone (heartbeat's magic code).</summary>
    private const int LeaveAlone = 100;

    private const long SoundNs = 30_000_000_000;
    private const long PauseMaxNs = 60_000_000_000;
    private const long PauseFirstNs = 1_000_000_000;
    private const int GraceMs = 2_000;

    private readonly List<Client> _clients = [];
    private readonly EpollSet _epoll;
    private readonly LogSink _log;
    private long _now;

    public RespawnClients(IReadOnlyList<RespawnConfig> configs, EpollSet epoll, AsidePool pool, LogSink log)
    {
        _epoll = epoll;
        _log = log;
        foreach (RespawnConfig config in configs)
        {
            Client client = new(config);
            client.Process = new AsideProgram(epoll, pool, (status, said) => Ended(client, status, said));
            _clients.Add(client);
        }
    }

    /// <summary>Once a second, first when the daemon is up: starts whoever is due.</summary>
    public void Tick(long nowNs)
    {
        _now = nowNs;
        foreach (Client client in _clients)
        {
            if (!client.Process!.Busy && !client.Over && nowNs >= client.DueNs)
            {
                Start(client);
            }
        }
    }

    /// <summary>SIGTERM to all, SIGKILL to whoever is still there after two seconds. The loop has ended: nobody waits for it.</summary>
    public void Dispose()
    {
        foreach (Client client in _clients)
        {
            client.Over = true;
            client.Process!.Signal(PidFd.SigTerm);
        }

        for (long until = Environment.TickCount64 + GraceMs; Environment.TickCount64 < until && _clients.Exists(c => c.Process!.Pid != 0);)
        {
            int ready = _epoll.Wait(0);
            _epoll.Dispatch(ready, _now);
            Thread.Sleep(10);
        }

        _clients.ForEach(c => c.Process!.Signal(PidFd.SigKill));
    }

    private void Start(Client client)
    {
        RespawnConfig config = client.Config;
        if (Find(config.User) is not { } user)
        {
            client.Over = true;
            Say(MessageId.RespawnFailed, client, "there is no user " + config.User);
            return;
        }

        List<string> arguments =
        [
            Setpriv, "--pdeathsig", "TERM", "--reuid", user.Uid, "--regid", user.Gid, "--init-groups", "--", config.Program, .. config.Arguments,
        ];
        List<string> variables =
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + user.Home, "USER=" + user.Name, "LOGNAME=" + user.Name,
        ];
        client.SinceNs = _now;
        client.Process!.Start(Setpriv, arguments, variables);
        Say(MessageId.RespawnStarted, client, "started");
    }

    private void Ended(Client client, ExitStatus? status, string said)
    {
        if (client.Over)
        {
            return;
        }

        bool sound = _now - client.SinceNs > SoundNs;
        client.PauseNs = sound ? PauseFirstNs : Math.Min(PauseMaxNs, client.PauseNs == 0 ? PauseFirstNs : client.PauseNs * 2);
        client.DueNs = _now + client.PauseNs;
        if (status is not { } end)
        {
            Say(MessageId.RespawnFailed, client, "cannot be started: " + said);
            return;
        }

        client.Over = end is { Signal: 0, Code: LeaveAlone };
        string how = end.Signal != 0 ? "ended by signal " + Number(end.Signal) : "ended with code " + Number(end.Code);
        int line = said.LastIndexOf('\n') + 1;
        Say(
            MessageId.RespawnEnded,
            client,
            how + (client.Over ? ", not started again" : ", started again in " + Number(client.PauseNs / 1_000_000_000) + " s")
                + (said.Length == 0 ? "" : ": " + PlainText.Of(said[line..])));
    }

    private void Say(MessageId message, Client client, string what)
        => _log.Text(message, client.Config.Program + " (" + client.Config.User + "): " + what, _now);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static (string Name, string Uid, string Gid, string Home)? Find(string user)
    {
        try
        {
            foreach (string line in File.ReadLines(PasswordFile))
            {
                string[] fields = line.Split(':');
                if (fields.Length > 5 && (fields[0] == user || fields[2] == user))
                {
                    return (fields[0], fields[2], fields[3], fields[5]);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return null;
    }

    private sealed class Client(RespawnConfig config)
    {
        public RespawnConfig Config { get; } = config;

        public AsideProgram? Process { get; set; }

        public long DueNs { get; set; }

        public long SinceNs { get; set; }

        public long PauseNs { get; set; }

        /// <summary>Not started again.</summary>
        public bool Over { get; set; }
    }
}
