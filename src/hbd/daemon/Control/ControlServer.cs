using System;
using System.IO;
using System.Text;
using Hbd.Core;
using Hbd.Sys;

namespace Hbd.Daemon.Control;

/// <summary>
/// The control socket, on the loop thread. Bounded in every direction: connections, the length of a request, the bytes
/// waiting for one client and the time it may let them wait. Costs the loop nothing while nobody is connected.
/// </summary>
internal sealed class ControlServer : IReadyHandler, IDisposable
{
    /// <summary>Waiting bytes before a client is dropped; a status with every limit used to the full is below 4 MB.</summary>
    internal const int OutputBytesMax = 8 * 1024 * 1024;

    /// <summary>A client that takes nothing, or says nothing, for this long is dropped.</summary>
    internal static readonly Duration Patience = Duration.FromSeconds(10);

    /// <summary>0660: root and one group; 0666: several groups, so that whoever connects is asked who he is.</summary>
    private const uint SocketMode = 0x1b0;
    private const uint SocketModeAll = 0x1b6;
    private const int GroupsMax = 1_024;

    /// <summary>Clients without any role at one time.</summary>
    private const int StrangersMax = 8;
    private const int AcceptsPerTurn = 8;

    private readonly EpollSet _set;
    private readonly IControlTarget _target;
    private readonly ControlRoles _roles;
    private readonly uint[] _groups = new uint[GroupsMax];
    private readonly SocketClients<ControlClient> _clients;
    private Fd _lock = new(-1);
    private string _path = "";
    private int _watchers;

    public ControlServer(EpollSet set, IControlTarget target, ControlRoles? roles = null)
    {
        _roles = roles ?? ControlRoles.RootOnly;
        _set = set;
        _target = target;
        _clients = new SocketClients<ControlClient>(set, this, Limits.ControlClients, AcceptsPerTurn);
    }

    public int Clients => _clients.Count;

    /// <summary>Connections dropped because they were slow, silent, too many or out of bounds.</summary>
    public long Dropped => _clients.Dropped;

    /// <summary>Did this server work since it was last asked? Such a turn of the loop is no steady one.</summary>
    public bool TakeServed() => _clients.TakeServed();

    /// <summary>Claims the run directory and listens in it. Null, or why not. A socket left by a dead daemon is replaced.</summary>
    public string? Open(string runDir)
    {
        _path = Path.Combine(runDir, ControlProtocol.SocketName);
        if (Encoding.UTF8.GetByteCount(_path) > UnixSocket.PathBytesMax)
        {
            return "the run directory's name is too long for a socket: " + runDir;
        }

        try
        {
            _ = Directory.CreateDirectory(runDir);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "cannot make " + runDir + ": " + e.Message;
        }

        Errno error = UnixSocket.LockFile(Path.Combine(runDir, ControlProtocol.LockName), out int lockFd);
        if (error.IsError)
        {
            return error.Value == Errno.EAGAIN
                ? "hbd is already running with run directory " + runDir
                : "cannot lock " + runDir + ": " + error.Text;
        }

        _lock = new Fd(lockFd);
        bool asks = _roles.HasGroups && _roles.OnlyGroup is null;
        error = UnixSocket.Listen(_path, asks ? SocketModeAll : SocketMode, _roles.OnlyGroup, Limits.ControlClients, out int fd);
        if (error.IsError)
        {
            return "cannot listen on " + _path + ": " + error.Text;
        }

        error = _clients.Open(fd);
        return error.IsError ? "cannot watch " + _path + ": " + error.Text : null;
    }

    /// <summary>
    /// Something an operator can see has changed: every watcher gets a new line. Call once at the end of such a turn. A watcher
    /// that is still reading the last line gets the newest state when it is done, not every state in between.
    /// </summary>
    public void Publish(long nowNs)
    {
        if (_watchers == 0)
        {
            return;
        }

        byte[]? line = null;
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            ControlClient client = _clients[i];
            if (!client.Watching)
            {
                continue;
            }

            if (client.OutputBytes > 0)
            {
                client.Stale = true;
                continue;
            }

            line ??= ControlProtocol.WriteStatus(_target.Status());
            Send(client, line, nowNs);
        }
    }

    /// <summary>Once a second or so: drops clients whose patience has run out.</summary>
    public void Tick(long nowNs)
    {
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            ControlClient client = _clients[i];
            bool waits = client.OutputBytes > 0 || !client.Spoke;
            if (waits && nowNs - client.SinceNs > Patience.Nanoseconds)
            {
                Drop(client, counted: true);
            }
        }
    }

    public void OnReady(int fd, uint events, long nowNs)
    {
        if (_clients.IsListener(fd, out ControlClient? client))
        {
            Accept(nowNs);
        }
        else if (client is null)
        {
            return;
        }
        else if (client.OutputBytes > 0)
        {
            // Requests wait until the answers to earlier ones are taken: this bounds what one client can pile up.
            Drain(client, nowNs);
        }
        else if (!client.Fill())
        {
            Drop(client, counted: false);
        }
        else
        {
            Serve(client, nowNs);
        }
    }

    public void Dispose()
    {
        bool listens = _clients.IsOpen;
        _clients.Dispose();
        if (listens)
        {
            UnixSocket.Remove(_path);
        }

        _lock.Dispose();
    }

    private void Accept(long nowNs)
    {
        for (int accepted = 0; _clients.TryAccept(ref accepted, out int fd);)
        {
            if (UnixSocket.Credentials(fd, out PeerCredentials credentials).IsError)
            {
                new Fd(fd).Dispose();
                continue;
            }

            ControlRole role = _roles.Of(credentials, UnixSocket.PeerGroups(fd, _groups));
            ControlClient client = new(fd, credentials, role, nowNs);
            if (role == ControlRole.None && Strangers() >= StrangersMax)
            {
                // They are told why in answer to their request, but any user must not be able to take every place.
                TurnAway(client, ControlProtocol.WriteDenied(_roles.Refusal("looking", ControlRole.Viewer)), nowNs);
            }
            else if (!_clients.TryAdd(client))
            {
                TurnAway(client, ControlProtocol.WriteReply(new CommandReply(false, "too many clients, try again")), nowNs);
            }
        }
    }

    private static void TurnAway(ControlClient client, byte[] line, long nowNs)
    {
        client.Enqueue(line, nowNs);
        _ = client.Flush(nowNs);
        client.Dispose();
    }

    private int Strangers()
    {
        int strangers = 0;
        for (int i = 0; i < _clients.Count; i++)
        {
            strangers += _clients[i].Role == ControlRole.None ? 1 : 0;
        }

        return strangers;
    }

    private void Serve(ControlClient client, long nowNs)
    {
        // Bounded by the input buffer: what is in it now is all that is served.
        while (client.Descriptor >= 0 && client.OutputBytes == 0)
        {
            if (!client.TryLine(out ReadOnlySpan<byte> line, out bool tooLong))
            {
                if (tooLong)
                {
                    Send(client, ControlProtocol.WriteReply(new CommandReply(false, "the request is too long")), nowNs);
                    Drop(client, counted: true);
                }

                return;
            }

            string? wrong = ControlProtocol.Read(line, out ControlCommand command, out string selector);
            client.DropLine();
            client.Spoke = true;
            Send(client, wrong is null ? Answer(client, command, selector)
                : ControlProtocol.WriteReply(new CommandReply(false, wrong)), nowNs);
            if (client.Role == ControlRole.None)
            {
                Drop(client, counted: false);
            }
        }
    }

    private byte[] Answer(ControlClient client, ControlCommand command, string selector)
    {
        ControlRole needed = ControlRoles.Needed(command);
        if (client.Role < needed)
        {
            string name = ControlProtocol.NameOf(command);
            string refusal = _roles.Refusal(name.Replace('_', ' '), needed);
            _target.Asked(ControlRoles.Describe(client.Credentials), name + " " + selector, refusal);
            return ControlProtocol.WriteDenied(refusal);
        }

        switch (command)
        {
            case ControlCommand.Status:
                return ControlProtocol.WriteStatus(_target.Status());
            case ControlCommand.Fence:
                return ControlProtocol.WriteFencing(_target.Fencing());
            case ControlCommand.Metrics:
                return ControlProtocol.WriteReply(new CommandReply(true, _target.Metrics()));
            case ControlCommand.Compare or ControlCommand.Clock or ControlCommand.Comparison:
                return ControlProtocol.WriteComparison(_target.Compare(command));
            case ControlCommand.Watch:
                if (!client.Watching)
                {
                    client.Watching = true;
                    _watchers++;
                }

                return ControlProtocol.WriteStatus(_target.Status());
            default:
                CommandReply reply = _target.Execute(command, selector, client);
                _target.Asked(ControlRoles.Describe(client.Credentials), ControlProtocol.NameOf(command) + " " + selector, reply.Message);
                return ControlProtocol.WriteReply(reply);
        }
    }

    private void Send(ControlClient client, byte[] line, long nowNs)
    {
        client.Enqueue(line, nowNs);
        if (client.OutputBytes > OutputBytesMax)
        {
            Drop(client, counted: true);
        }
        else if (!client.Flush(nowNs))
        {
            Drop(client, counted: false);
        }
        else if (client.OutputBytes > 0)
        {
            _ = _set.Modify(client.Descriptor, EpollSet.Out);
        }
    }

    private void Drain(ControlClient client, long nowNs)
    {
        if (!client.Flush(nowNs))
        {
            Drop(client, counted: false);
            return;
        }

        if (client.OutputBytes > 0)
        {
            return;
        }

        _ = _set.Modify(client.Descriptor, EpollSet.In);
        if (client.Stale)
        {
            client.Stale = false;
            Send(client, ControlProtocol.WriteStatus(_target.Status()), nowNs);
        }

        if (client.Descriptor >= 0 && client.OutputBytes == 0)
        {
            Serve(client, nowNs);
        }
    }

    private void Drop(ControlClient client, bool counted)
    {
        if (client.Descriptor < 0)
        {
            return;
        }

        _clients.Dropped += counted ? 1 : 0;
        _watchers -= client.Watching ? 1 : 0;
        _clients.Remove(client);
    }
}
