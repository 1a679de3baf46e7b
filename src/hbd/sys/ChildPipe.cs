using System;

namespace Hbd.Sys;

/// <summary>What reading a child's pipe came to.</summary>
public enum PipeRead
{
    Data,

    /// <summary>Nothing there now.</summary>
    Empty,

    /// <summary>Every writer has closed it, or it is broken.</summary>
    Closed,
}

/// <summary>Reads the non-blocking end of a child's pipe.</summary>
public static unsafe class ChildPipe
{
    public static PipeRead Read(Fd pipe, Span<byte> buffer, out int count)
    {
        while (true)
        {
            nint got;
            fixed (byte* target = buffer)
            {
                got = Libc.read(pipe.Value, target, (nuint)buffer.Length);
            }

            count = (int)Math.Max(0, got);
            if (got > 0)
            {
                return PipeRead.Data;
            }

            if (got == 0)
            {
                return PipeRead.Closed;
            }

            switch (Errno.Last.Value)
            {
                case Errno.EINTR:
                    continue;
                case Errno.EAGAIN:
                    return PipeRead.Empty;
                default:
                    return PipeRead.Closed;
            }
        }
    }
}
