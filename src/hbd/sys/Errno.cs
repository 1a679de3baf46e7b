using System.Globalization;
using System.Runtime.InteropServices;

namespace Hbd.Sys;

/// <summary>An errno value (asm-generic/errno.h). Zero is success.</summary>
public readonly record struct Errno(int Value)
{
    public static readonly Errno None;

    public bool IsError => Value != 0;

    /// <summary>The errno of the last P/Invoke with SetLastError on this thread.</summary>
    public static Errno Last => new(Marshal.GetLastPInvokeError());

    /// <summary>libc's text: <c>No such device</c>.</summary>
    public string Text => Value == 0 ? "Success" : Marshal.GetPInvokeErrorMessage(Value);

    public override string ToString() => Text + " (errno " + Value.ToString(CultureInfo.InvariantCulture) + ")";

    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int E2BIG = 7;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int EFBIG = 27;
    public const int ENOTTY = 25;
    public const int EROFS = 30;
    public const int EPIPE = 32;
    public const int ENAMETOOLONG = 36;
    public const int ELOOP = 40;
    public const int EMSGSIZE = 90;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENETDOWN = 100;
    public const int ENETUNREACH = 101;
    public const int ENOBUFS = 105;
    public const int ETIMEDOUT = 110;
    public const int ECONNREFUSED = 111;
    public const int EHOSTUNREACH = 113;
    public const int EINPROGRESS = 115;
}
