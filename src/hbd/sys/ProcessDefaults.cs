namespace Hbd.Sys;

/// <summary>What a program started by the daemon inherits besides descriptors and signals, made the same however hbd was started.</summary>
public static unsafe class ProcessDefaults
{
    private const uint Umask = 0b000_010_010;

    /// <summary>umask 022 and the root directory: a script's files are readable, and no mount is kept busy.</summary>
    public static void Apply()
    {
        _ = Libc.umask(Umask);
        fixed (byte* root = "/\0"u8)
        {
            _ = Libc.chdir(root);
        }
    }
}
