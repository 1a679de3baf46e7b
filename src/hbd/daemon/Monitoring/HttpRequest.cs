using System;

namespace Hbd.Daemon.Monitoring;

/// <summary>What the bytes of a request are so far.</summary>
internal enum HttpRead
{
    /// <summary>Its end has not come yet.</summary>
    Incomplete,
    Get,
    Head,

    /// <summary>Another method, which there is not.</summary>
    OtherMethod,

    /// <summary>GET or HEAD of something else.</summary>
    OtherPath,

    /// <summary>No HTTP/1.0 or HTTP/1.1.</summary>
    Malformed,
}

/// <summary>
/// Reads the one request this daemon answers: GET /metrics (RFC 9112, sections 2 to 5). Headers are looked at for their end only. Takes any bytes; the
/// caller bounds how many.
/// </summary>
internal static class HttpRequest
{
    private const int MethodCharsMax = 16;

    public static HttpRead Read(ReadOnlySpan<byte> bytes)
    {
        // A server should skip empty lines before the request (section 2.2).
        while (bytes.Length > 0 && bytes[0] is (byte)'\r' or (byte)'\n')
        {
            bytes = bytes[1..];
        }

        int end = bytes.IndexOf((byte)'\n');
        if (end < 0)
        {
            return bytes.Length > 0 && !IsMethodSoFar(bytes) ? HttpRead.Malformed : HttpRead.Incomplete;
        }

        HttpRead found = ReadLine(TrimEnd(bytes[..end]));
        return found == HttpRead.Malformed || HasEnd(bytes[(end + 1)..]) ? found : HttpRead.Incomplete;
    }

    private static HttpRead ReadLine(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last == first)
        {
            return HttpRead.Malformed;
        }

        ReadOnlySpan<byte> method = line[..first];
        ReadOnlySpan<byte> target = line[(first + 1)..last];
        ReadOnlySpan<byte> version = line[(last + 1)..];
        bool good = IsMethodSoFar(method) && target.Length > 0 && target.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0
            && (version.SequenceEqual("HTTP/1.1"u8) || version.SequenceEqual("HTTP/1.0"u8));
        if (!good)
        {
            return HttpRead.Malformed;
        }

        bool head = method.SequenceEqual("HEAD"u8);
        if (!head && !method.SequenceEqual("GET"u8))
        {
            return HttpRead.OtherMethod;
        }

        int query = target.IndexOf((byte)'?');
        ReadOnlySpan<byte> path = query < 0 ? target : target[..query];
        return !path.SequenceEqual("/metrics"u8) ? HttpRead.OtherPath : head ? HttpRead.Head : HttpRead.Get;
    }

    /// <summary>An empty line ends the headers.</summary>
    private static bool HasEnd(ReadOnlySpan<byte> headers)
    {
        while (headers.IndexOf((byte)'\n') is >= 0 and int end)
        {
            if (TrimEnd(headers[..end]).Length == 0)
            {
                return true;
            }

            headers = headers[(end + 1)..];
        }

        return false;
    }

    /// <summary>Capital letters, and then whatever comes after a blank: enough to send away what speaks another language at once.</summary>
    private static bool IsMethodSoFar(ReadOnlySpan<byte> bytes)
    {
        int blank = bytes.IndexOf((byte)' ');
        ReadOnlySpan<byte> method = blank < 0 ? bytes : bytes[..blank];
        return method.Length is > 0 and <= MethodCharsMax && method.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0;
    }

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> line) => line.Length > 0 && line[^1] == '\r' ? line[..^1] : line;
}
