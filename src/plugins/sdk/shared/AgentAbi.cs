using System.Runtime.InteropServices;

// C's names for what is C's.
#pragma warning disable IDE1006, CA1707, CS1591, CA1051, CA1815, CS8981

namespace Hbd.Plugin;

/// <summary>hbd_agent.h, version 1: every number, for both sides of the interface. A test compares it with the header.</summary>
public static class AgentAbi
{
    public const uint HBD_AGENT_VERSION = 1;

    /// <summary>The symbol a shared object exports.</summary>
    public const string Symbol = "hbd_agent_v1";
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct hbd_parameter
{
    public byte* name;
    public byte* value;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct hbd_agent_request
{
    public uint version;
    public uint size;
    public uint action;
    public uint check_level;
    public byte* instance;
    public byte* state_directory;
    public hbd_parameter* parameters;
    public byte** arguments;
    public uint parameter_count;
    public uint argument_count;
    public long deadline_ns;
    public int* cancel;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct hbd_agent_reply
{
    public uint version;
    public uint size;
    public void* context;
    public delegate* unmanaged[Cdecl]<void*, uint, byte*, nuint, void> output;
    public delegate* unmanaged[Cdecl]<void*, byte*, void> reason;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct hbd_agent
{
    public uint version;
    public uint size;
    public byte* name;
    public delegate* unmanaged[Cdecl]<byte*> meta_data;
    public delegate* unmanaged[Cdecl]<hbd_agent_request*, hbd_agent_reply*, int> run;
}
