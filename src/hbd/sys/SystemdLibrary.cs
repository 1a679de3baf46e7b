namespace Hbd.Sys;

/// <summary>
/// The calls of sd-bus (systemd/sd-bus.h) that hbd makes, found at run time: nothing depends on libsystemd. Only functions with a fixed list of
/// arguments: a variadic one cannot be called through a pointer on every architecture.
/// </summary>
internal sealed unsafe class SystemdLibrary
{
    private readonly SharedObject _object;
    private string? _missing;

    private SystemdLibrary(SharedObject loaded)
    {
        _object = loaded;
        New = (delegate* unmanaged<nint*, int>)Find("sd_bus_new");
        SetAddress = (delegate* unmanaged<nint, byte*, int>)Find("sd_bus_set_address");
        Start = (delegate* unmanaged<nint, int>)Find("sd_bus_start");
        OpenSystem = (delegate* unmanaged<nint*, int>)Find("sd_bus_open_system");
        IsReady = (delegate* unmanaged<nint, int>)Find("sd_bus_is_ready");
        Unref = (delegate* unmanaged<nint, nint>)Find("sd_bus_unref");
        Close = (delegate* unmanaged<nint, void>)Find("sd_bus_close");
        GetFd = (delegate* unmanaged<nint, int>)Find("sd_bus_get_fd");
        GetEvents = (delegate* unmanaged<nint, int>)Find("sd_bus_get_events");
        Process = (delegate* unmanaged<nint, nint*, int>)Find("sd_bus_process");
        Call = (delegate* unmanaged<nint, nint, ulong, BusErrorText*, nint*, int>)Find("sd_bus_call");
        NewCall = (delegate* unmanaged<nint, nint*, byte*, byte*, byte*, byte*, int>)Find("sd_bus_message_new_method_call");
        Append = (delegate* unmanaged<nint, byte, void*, int>)Find("sd_bus_message_append_basic");
        Read = (delegate* unmanaged<nint, byte, void*, int>)Find("sd_bus_message_read_basic");
        Enter = (delegate* unmanaged<nint, byte, byte*, int>)Find("sd_bus_message_enter_container");
        Exit = (delegate* unmanaged<nint, int>)Find("sd_bus_message_exit_container");
        Skip = (delegate* unmanaged<nint, byte*, int>)Find("sd_bus_message_skip");
        IsSignal = (delegate* unmanaged<nint, byte*, byte*, int>)Find("sd_bus_message_is_signal");
        PathOf = (delegate* unmanaged<nint, byte*>)Find("sd_bus_message_get_path");
        UnrefMessage = (delegate* unmanaged<nint, nint>)Find("sd_bus_message_unref");
        FreeError = (delegate* unmanaged<BusErrorText*, void>)Find("sd_bus_error_free");
    }

    internal delegate* unmanaged<nint*, int> New { get; }

    internal delegate* unmanaged<nint, byte*, int> SetAddress { get; }

    internal delegate* unmanaged<nint, int> Start { get; }

    internal delegate* unmanaged<nint*, int> OpenSystem { get; }

    internal delegate* unmanaged<nint, int> IsReady { get; }

    internal delegate* unmanaged<nint, nint> Unref { get; }

    internal delegate* unmanaged<nint, void> Close { get; }

    internal delegate* unmanaged<nint, int> GetFd { get; }

    internal delegate* unmanaged<nint, int> GetEvents { get; }

    internal delegate* unmanaged<nint, nint*, int> Process { get; }

    internal delegate* unmanaged<nint, nint, ulong, BusErrorText*, nint*, int> Call { get; }

    internal delegate* unmanaged<nint, nint*, byte*, byte*, byte*, byte*, int> NewCall { get; }

    internal delegate* unmanaged<nint, byte, void*, int> Append { get; }

    internal delegate* unmanaged<nint, byte, void*, int> Read { get; }

    internal delegate* unmanaged<nint, byte, byte*, int> Enter { get; }

    internal delegate* unmanaged<nint, int> Exit { get; }

    internal delegate* unmanaged<nint, byte*, int> Skip { get; }

    internal delegate* unmanaged<nint, byte*, byte*, int> IsSignal { get; }

    internal delegate* unmanaged<nint, byte*> PathOf { get; }

    internal delegate* unmanaged<nint, nint> UnrefMessage { get; }

    internal delegate* unmanaged<BusErrorText*, void> FreeError { get; }

    /// <summary>Null, with the reason, when it is not there or too old.</summary>
    internal static SystemdLibrary? Load(string name, out string problem)
    {
        SharedObject? loaded = SharedObject.Open(name, out problem);
        if (loaded is null)
        {
            return null;
        }

        SystemdLibrary library = new(loaded);
        problem = library._missing is null ? "" : name + " has no " + library._missing;
        return library._missing is null ? library : null;
    }

    private nint Find(string symbol)
    {
        nint address = _object.Find(symbol);
        _missing ??= address == 0 ? symbol : null;
        return address;
    }

    /// <summary>sd_bus_error.</summary>
    internal struct BusErrorText
    {
        internal byte* Name;
        internal byte* Message;
        internal int NeedFree;
    }
}
