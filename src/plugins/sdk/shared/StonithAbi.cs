using System.Runtime.InteropServices;

// C's names for what is C's.
#pragma warning disable IDE1006, CA1707, CS1591, CA1051, CA1815, CS8981

namespace Hbd.Plugin;

/// <summary>hbd_stonith.h, version 1. A test compares it with the header.</summary>
public static class StonithAbi
{
    public const uint HBD_STONITH_VERSION = 1;

    public const string Symbol = "hbd_stonith_v1";

    public const int HBD_STONITH_OK = 0;
    public const int HBD_STONITH_FAILED = 1;
    public const int HBD_STONITH_IS_ON = 2;
    public const int HBD_STONITH_IS_OFF = 3;
    public const int HBD_STONITH_UNIMPLEMENTED = 4;
    public const int HBD_STONITH_NOT_CONFIGURED = 5;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct hbd_stonith_parameter
{
    public byte* name;
    public byte* value;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct hbd_stonith_request
{
    public uint version;
    public uint size;
    public uint action;
    public uint parameter_count;
    public byte* node;
    public byte* plug;
    public hbd_stonith_parameter* parameters;
    public long deadline_ns;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct hbd_stonith_reply
{
    public uint version;
    public uint size;
    public void* context;
    public delegate* unmanaged[Cdecl]<void*, byte*, nuint, void> output;
    public delegate* unmanaged[Cdecl]<void*, byte*, void> reason;
}

[StructLayout(LayoutKind.Sequential)]
public unsafe struct hbd_stonith
{
    public uint version;
    public uint size;
    public byte* name;
    public delegate* unmanaged[Cdecl]<byte*> meta_data;
    public delegate* unmanaged[Cdecl]<hbd_stonith_request*, hbd_stonith_reply*, int> run;
}
