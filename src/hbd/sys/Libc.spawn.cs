using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>spawn.h (glibc 2.34 or newer: addclosefrom_np), and the pipes a child talks through.</summary>
internal static unsafe partial class Libc
{
    internal const short POSIX_SPAWN_SETPGROUP = 2;
    internal const short POSIX_SPAWN_SETSIGDEF = 4;
    internal const short POSIX_SPAWN_SETSIGMASK = 8;
    internal const short POSIX_SPAWN_SETSCHEDPARAM = 0x10;
    internal const short POSIX_SPAWN_SETSCHEDULER = 0x20;
    internal const int F_DUPFD_CLOEXEC = 1030;

    /// <summary>Room for posix_spawnattr_t and posix_spawn_file_actions_t (336 and 80 bytes on x86-64); tests compare
    /// with C.</summary>
    internal const int SpawnObjectBytes = 512;

    /// <summary>sigset_t of glibc: 1,024 signals.</summary>
    internal const int SigsetBytes = 128;

    [LibraryImport(C)]
    internal static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(C)]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(C)]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(C)]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(C)]
    internal static partial int posix_spawnattr_setpgroup(void* attributes, int pgroup);

    [LibraryImport(C)]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* sigset);

    [LibraryImport(C)]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* sigset);

    [LibraryImport(C)]
    internal static partial int posix_spawnattr_setschedpolicy(void* attributes, int policy);

    /// <param name="param">struct sched_param: one int, the priority.</param>
    [LibraryImport(C)]
    internal static partial int posix_spawnattr_setschedparam(void* attributes, int* param);

    [LibraryImport(C)]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(C)]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(C)]
    internal static partial int posix_spawn_file_actions_addopen(void* actions, int fd, byte* path, int flags, uint mode);

    [LibraryImport(C)]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int fd, int target);

    [LibraryImport(C)]
    internal static partial int posix_spawn_file_actions_addchdir_np(void* actions, byte* path);

    [LibraryImport(C)]
    internal static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    [LibraryImport(C, SetLastError = true)]
    internal static partial int pipe2(int* fds, int flags);
}
