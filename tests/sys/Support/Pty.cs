using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys.Tests.Support;

/// <summary>
/// A pseudo-terminal: the medium opens the slave through a link of a fixed name, the test holds the master and is the
/// cable.
/// </summary>
internal sealed unsafe class Pty : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-pty").FullName;
    private int _master = -1;

    public Pty() => Open();

    public string Device => Path.Combine(_directory, "tty");

    public void Open()
    {
        _master = TestLibc.posix_openpt(Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        byte* name = stackalloc byte[64];
        if (_master < 0 || TestLibc.grantpt(_master) != 0 || TestLibc.unlockpt(_master) != 0
            || TestLibc.ptsname_r(_master, name, 64) != 0)
        {
            throw new InvalidOperationException("no pseudo-terminal");
        }

        File.Delete(Device);
        ReadOnlySpan<byte> slave = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        _ = File.CreateSymbolicLink(Device, Encoding.ASCII.GetString(slave));
    }

    public void CloseMaster()
    {
        _ = TestLibc.close(_master);
        _master = -1;
    }

    public int Read(Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            return (int)TestLibc.read(_master, p, (nuint)buffer.Length);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            if (TestLibc.write(_master, p, (nuint)bytes.Length) != bytes.Length)
            {
                throw new InvalidOperationException("pty took too little");
            }
        }
    }

    public void Dispose()
    {
        if (_master >= 0)
        {
            CloseMaster();
        }

        Directory.Delete(_directory, true);
    }
}
