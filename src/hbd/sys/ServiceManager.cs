using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys;

/// <summary>
/// systemd by D-Bus: directly through its private socket, which needs no bus daemon, else over the system bus. Belongs to one thread, which may be
/// blocked by it: for a call at most as long as the call says.
/// </summary>
public sealed unsafe class ServiceManager : IDisposable
{
    /// <summary>sd_bus_start only begins; authentication takes some more turns.</summary>
    private const long ReadyNs = 5_000_000_000;

    private const string Name = "org.freedesktop.systemd1";
    private const string Root = "/org/freedesktop/systemd1";
    private const string Manager = Name + ".Manager";
    private const string Properties = "org.freedesktop.DBus.Properties";
    private const string Bus = "org.freedesktop.DBus";

    private readonly SystemdLibrary _library;
    private nint _bus;

    private ServiceManager(SystemdLibrary library, nint bus)
    {
        _library = library;
        _bus = bus;
    }

    /// <summary>Valid until the connection is closed; to be watched for <see cref="Events"/>.</summary>
    public int Descriptor => _library.GetFd(_bus);

    public short Events => (short)Math.Max(0, _library.GetEvents(_bus));

    /// <summary>Loads the library at the first call. Null, with the reason, when systemd cannot be reached.</summary>
    /// <param name="library">Name of a shared object.</param>
    /// <param name="socket">The private socket; where it is not there the system bus is asked.</param>
    public static ServiceManager? Open(string library, string socket, out string problem)
    {
        SystemdLibrary? loaded = SystemdLibrary.Load(library, out problem);
        if (loaded is null)
        {
            return null;
        }

        nint bus = 0;
        bool isPrivate = System.IO.File.Exists(socket);
        int rc = isPrivate ? StartPrivate(loaded, socket, out bus) : loaded.OpenSystem(&bus);
        if (rc < 0)
        {
            problem = (isPrivate ? socket : "the system bus") + ": " + new Errno(-rc);
            return null;
        }

        ServiceManager manager = new(loaded, bus);
        problem = manager.Prepare(isPrivate);
        if (problem.Length == 0)
        {
            return manager;
        }

        manager.Dispose();
        return null;
    }

    /// <summary>The object of a unit: bus_label_escape of systemd.</summary>
    public static string PathOf(string unit)
    {
        StringBuilder path = new(Root + "/unit/");
        byte[] bytes = Encoding.UTF8.GetBytes(unit);
        for (int i = 0; i < bytes.Length; i++)
        {
            char c = (char)bytes[i];
            if (char.IsAsciiLetter(c) || (i > 0 && char.IsAsciiDigit(c)))
            {
                path.Append(c);
            }
            else
            {
                path.Append('_').Append(Convert.ToHexStringLower(bytes, i, 1));
            }
        }

        return path.ToString();
    }

    /// <summary>Begins a job that replaces one of the unit that it contradicts. The text is the path of the job.</summary>
    public ServiceManagerReply Begin(bool start, string unit, long timeoutNs)
        => Ask(Name, Root, Manager, start ? "StartUnit" : "StopUnit", [unit, "replace"], 'o', timeoutNs);

    /// <summary>A property that is a string. A unit that is not loaded is loaded for it.</summary>
    /// <param name="kind">The interface behind org.freedesktop.systemd1: Unit, Service, Mount and so on.</param>
    public ServiceManagerReply Get(string path, string kind, string property, long timeoutNs)
        => Ask(Name, path, Properties, "Get", [Name + "." + kind, property], 'v', timeoutNs);

    /// <summary>Takes what systemd has sent, one message a call. False: there is nothing more, or the connection is gone.</summary>
    public bool TryTake(out ServiceManagerSignal signal, out Errno error)
    {
        signal = default;
        nint message = 0;
        int rc = _library.Process(_bus, &message);
        error = rc < 0 ? new Errno(-rc) : Errno.None;
        if (message != 0)
        {
            signal = Signal(message);
            _library.UnrefMessage(message);
        }

        return rc > 0;
    }

    public void Dispose()
    {
        if (_bus != 0)
        {
            _library.Close(_bus);
            _library.Unref(_bus);
            _bus = 0;
        }
    }

    private static int StartPrivate(SystemdLibrary library, string socket, out nint bus)
    {
        nint made = 0;
        int rc = library.New(&made);
        bus = made;
        if (rc < 0)
        {
            return rc;
        }

        fixed (byte* address = Z("unix:path=" + socket))
        {
            rc = library.SetAddress(bus, address);
        }

        rc = rc < 0 ? rc : library.Start(bus);
        if (rc < 0)
        {
            library.Unref(bus);
            bus = 0;
        }

        return rc;
    }

    /// <summary>Empty when it speaks and signals are on their way. Who has the private socket gets them unasked.</summary>
    private string Prepare(bool isPrivate)
    {
        long end = MonotonicClock.NowNs() + ReadyNs;
        int ready;
        while ((ready = _library.IsReady(_bus)) == 0)
        {
            if (!TryTake(out _, out Errno error) && error.IsError)
            {
                return "systemd does not take the connection: " + error;
            }

            long leftNs = end - MonotonicClock.NowNs();
            if (leftNs <= 0)
            {
                return "systemd does not answer";
            }

            Wait(-1, (int)Math.Min(100, leftNs / 1_000_000));
        }

        if (ready < 0 || isPrivate)
        {
            return ready < 0 ? "systemd has closed the connection: " + new Errno(-ready) : "";
        }

        ServiceManagerReply reply = Match("interface='" + Manager + "',member='JobRemoved'");
        reply = reply.IsOk ? Match("interface='" + Properties + "',member='PropertiesChanged',arg0='" + Name + ".Unit'") : reply;
        reply = reply.IsOk ? Ask(Name, Root, Manager, "Subscribe", [], '\0', ReadyNs) : reply;
        return reply.IsOk ? "" : reply.Error.IsError ? "the system bus: " + reply.Error : reply.Text;
    }

    /// <summary>Until there is something to take, another descriptor is readable, or the time is over.</summary>
    /// <param name="other">-1: none.</param>
    public void Wait(int other, int milliseconds)
    {
        Libc.pollfd* fds = stackalloc Libc.pollfd[2];
        fds[0] = new Libc.pollfd { fd = Descriptor, events = Events };
        fds[1] = new Libc.pollfd { fd = other, events = EventFd.PollIn };
        _ = Libc.poll(fds, 2, milliseconds);
    }

    private ServiceManagerReply Match(string rule)
        => Ask(Bus, "/org/freedesktop/DBus", Bus, "AddMatch", ["type='signal',sender='" + Name + "'," + rule], '\0', ReadyNs);

    private ServiceManagerReply Ask(
        string destination, string path, string face, string member, string[] arguments, char result, long timeoutNs)
    {
        nint call = 0;
        int rc;
        fixed (byte* to = Z(destination), at = Z(path), of = Z(face), name = Z(member))
        {
            rc = _library.NewCall(_bus, &call, to, at, of, name);
        }

        for (int i = 0; i < arguments.Length && rc >= 0; i++)
        {
            fixed (byte* text = Z(arguments[i]))
            {
                rc = _library.Append(call, (byte)'s', text);
            }
        }

        if (rc < 0)
        {
            _library.UnrefMessage(call);
            return new ServiceManagerReply(new Errno(-rc), "", "");
        }

        SystemdLibrary.BusErrorText error = default;
        nint reply = 0;
        rc = _library.Call(_bus, call, (ulong)Math.Max(1, timeoutNs / 1000), &error, &reply);
        ServiceManagerReply end = rc >= 0 ? Result(reply, result) : Failed(rc, error);
        _library.FreeError(&error);
        _library.UnrefMessage(reply);
        _library.UnrefMessage(call);
        return end;
    }

    /// <summary>What systemd says is an answer; what the library says about the connection (System.Error.*, no reply) is none.</summary>
    private static ServiceManagerReply Failed(int rc, in SystemdLibrary.BusErrorText error)
    {
        string name = Text(error.Name);
        bool answered = name.StartsWith(Name, StringComparison.Ordinal) || name.EndsWith(".AccessDenied", StringComparison.Ordinal)
            || name.EndsWith(".InteractiveAuthorizationRequired", StringComparison.Ordinal)
            || name.EndsWith(".UnknownInterface", StringComparison.Ordinal) || name.EndsWith(".UnknownProperty", StringComparison.Ordinal)
            || name.EndsWith(".InvalidArgs", StringComparison.Ordinal);
        return new ServiceManagerReply(answered ? Errno.None : new Errno(-rc), answered ? name : "", Text(error.Message));
    }

    private ServiceManagerReply Result(nint message, char type)
    {
        if (type == '\0')
        {
            return default(ServiceManagerReply) with { ErrorName = "", Text = "" };
        }

        string? text = type == 'v' ? Variant(message) : ReadText(message, type);
        return text is null ? new ServiceManagerReply(new Errno(Errno.EIO), "", "") : new ServiceManagerReply(Errno.None, "", text);
    }

    private ServiceManagerSignal Signal(nint message)
    {
        if (Is(message, Manager, "JobRemoved"))
        {
            uint id;
            string? job = _library.Read(message, (byte)'u', &id) > 0 ? ReadText(message, 'o') : null;
            string? result = job is not null && ReadText(message, 's') is not null ? ReadText(message, 's') : null;
            return result is null ? default : new ServiceManagerSignal(ServiceManagerSignalKind.JobRemoved, job!, result);
        }

        string? state = Is(message, Properties, "PropertiesChanged") && ReadText(message, 's') == Name + ".Unit" ? ActiveState(message) : null;
        return state is null ? default
            : new ServiceManagerSignal(ServiceManagerSignalKind.StateChanged, Text(_library.PathOf(message)), state);
    }

    /// <summary>From a dictionary of properties, a{sv}; null: it is not among them.</summary>
    private string? ActiveState(nint message)
    {
        fixed (byte* pairs = Z("{sv}"), pair = Z("sv"), value = Z("v"))
        {
            if (_library.Enter(message, (byte)'a', pairs) <= 0)
            {
                return null;
            }

            while (_library.Enter(message, (byte)'e', pair) > 0)
            {
                string? name = ReadText(message, 's');
                if (name == "ActiveState")
                {
                    return Variant(message);
                }

                if (name is null || _library.Skip(message, value) < 0 || _library.Exit(message) < 0)
                {
                    return null;
                }
            }
        }

        return null;
    }

    private string? Variant(nint message)
    {
        fixed (byte* text = Z("s"))
        {
            return _library.Enter(message, (byte)'v', text) > 0 ? ReadText(message, 's') : null;
        }
    }

    private string? ReadText(nint message, char type)
    {
        byte* text;
        return _library.Read(message, (byte)type, &text) > 0 ? Text(text) : null;
    }

    private bool Is(nint message, string face, string member)
    {
        fixed (byte* of = Z(face), name = Z(member))
        {
            return _library.IsSignal(message, of, name) > 0;
        }
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private static byte[] Z(string text) => Encoding.UTF8.GetBytes(text + "\0");
}
