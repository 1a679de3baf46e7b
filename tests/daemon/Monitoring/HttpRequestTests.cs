using System;
using System.Globalization;
using System.Text;
using Hbd.Core;
using Hbd.Daemon.Monitoring;
using Xunit;

namespace Hbd.Daemon.Tests.Monitoring;

/// <summary>The one request there is, and everything that is not it.</summary>
public sealed class HttpRequestTests
{
    private static readonly string[] s_tokens =
        ["GET", "HEAD", "POST", " ", "/metrics", "/", "?", "HTTP/1.1", "HTTP/1.0", "HTTP/2", "\r\n", "\n", "\r", "\r\n\r\n", "Host: a", ":", "\0", "\u00e9", "PRI * HTTP/2.0"];

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "Get")]
    [InlineData("GET /metrics HTTP/1.0\n\n", "Get")]
    [InlineData("\r\nGET /metrics?x=1 HTTP/1.1\r\n\r\nmore", "Get")]
    [InlineData("HEAD /metrics HTTP/1.1\r\n\r\n", "Head")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "OtherMethod")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "OtherPath")]
    [InlineData("GET /metricsx HTTP/1.1\r\n\r\n", "OtherPath")]
    [InlineData("", "Incomplete")]
    [InlineData("GET /metr", "Incomplete")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: a\r\n", "Incomplete")]
    [InlineData("GET /metrics HTTP/1.1\r\n", "Incomplete")]
    [InlineData("GET  HTTP/1.1\r\n\r\n", "Malformed")]
    [InlineData("GET /metrics\r\n\r\n", "Malformed")]
    [InlineData("GET /met rics HTTP/1.1\r\n\r\n", "Malformed")]
    [InlineData("GET /metrics HTTP/2\r\n\r\n", "Malformed")]
    [InlineData("get /metrics HTTP/1.1\r\n\r\n", "Malformed")]
    [InlineData("{\"command\":", "Malformed")]
    [InlineData("\u0016\u0003\u0001", "Malformed")]
    public void Is_what_it_is(string text, string expected) => Assert.Equal(expected, HttpRequest.Read(Encoding.UTF8.GetBytes(text)).ToString());

    /// <summary>No exception, the same answer twice, and once it is decided more bytes change nothing.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Category", "Fuzz")]
    public void Takes_any_bytes(uint seed)
    {
        Prng random = new(seed);
        string? asked = Environment.GetEnvironmentVariable("HBD_FUZZ_ROUNDS");
        int rounds = int.TryParse(asked, CultureInfo.InvariantCulture, out int wanted) ? wanted : 50_000;
        for (int round = 0; round < rounds; round++)
        {
            StringBuilder text = new();
            for (int i = random.Below(12); i >= 0; i--)
            {
                text.Append(random.Below(4) == 0 ? ((char)random.Below(256)).ToString() : s_tokens[random.Below(s_tokens.Length)]);
            }

            byte[] bytes = Encoding.Latin1.GetBytes(text.ToString());
            HttpRead whole = HttpRequest.Read(bytes);
            HttpRead decided = HttpRead.Incomplete;
            for (int length = 0; length <= bytes.Length; length++)
            {
                HttpRead now = HttpRequest.Read(bytes.AsSpan(0, length));
                Assert.True(decided == HttpRead.Incomplete || now == decided, text.ToString());
                decided = now;
            }

            Assert.Equal(whole, decided);
        }
    }
}
