using System;
using System.Diagnostics.CodeAnalysis;

namespace Hbd.Core;

/// <summary>
/// Assertions that stay on in production. A failed check is a bug in hbd, never bad input:
/// the daemon ends, its service manager starts it again, and the peer sees a silent node.
/// </summary>
public static class Check
{
    public static void That([DoesNotReturnIf(false)] bool condition, string what)
    {
        if (!condition)
        {
            Fail(what);
        }
    }

    [DoesNotReturn]
    public static void Fail(string what) => throw new CheckFailedException(what);
}

/// <summary>A broken invariant. Nobody catches this but the outermost handler, which logs it and aborts.</summary>
public sealed class CheckFailedException : Exception
{
    public CheckFailedException(string what)
        : base(what)
    {
    }

    public CheckFailedException()
    {
    }

    public CheckFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
