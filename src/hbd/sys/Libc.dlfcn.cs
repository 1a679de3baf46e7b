using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>dlfcn.h</summary>
internal static unsafe partial class Libc
{
    internal const int RTLD_NOW = 2;
    internal const int RTLD_LOCAL = 0;

    [LibraryImport(C)]
    internal static partial nint dlopen(byte* path, int flags);

    [LibraryImport(C)]
    internal static partial nint dlsym(nint handle, byte* name);

    [LibraryImport(C)]
    internal static partial byte* dlerror();
}
