using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Hbd.Core;
using Hbd.Daemon.Conversion;
using Xunit;

namespace Hbd.Daemon.Tests;

/// <summary>
/// Mutations of the corpus through the whole converter: no exception, no hang, a bounded line for everything, and "accepted" only for what
/// hbd's readers take. Fixed seeds, so a failure repeats; HBD_FUZZ_ROUNDS asks for more.
/// </summary>
public sealed class ConvertFuzzTests
{
    private const int RoundsDefault = 2_000;
    private const int AccountCharsMax = 2_000;

    private static readonly string[] s_tokens =
    [
        "\\", "#", "\n", "\r\n", "::", ",", " ", "\t", "\0", "\"", "'", "\uFFFD", "\uD800", "node ", "node srv1 srv2\n", "ucast eth1 10.0.1.3\n", "stonith_host * ",
        "external/ipmi", "serial ", "ping_group ", "respawn x y\n", "1e9", "999999999999", "-1", "us", "auth 1\n", "2 crc\n", "[2001:db8::1]",
        "IPv6addr::", "[[group]]", "mcast eth0 239.0.0.1 694 1 0\n", "deadtime ", "watchdog /dev/watchdog\n", "é",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Survives_mutations(uint seed)
    {
        string[] names = [.. ConvertCases.Names()];
        Prng random = new(seed);
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("HBD_FUZZ_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked)
            ? asked : RoundsDefault;
        for (int round = 0; round < rounds; round++)
        {
            string name = names[random.Below(names.Length)];
            ClassicFiles files = new(
                Mutated(ConvertCases.Text(name, "ha.cf")!, ref random), Mutated(ConvertCases.Text(name, "haresources") ?? "", ref random),
                Mutated(ConvertCases.Text(name, "authkeys") ?? "", ref random));
            Check(Converter.Convert(files, ConvertCases.Machine(ConvertCases.Text(name, "machine") ?? "")));
        }
    }

    [Theory]
    [InlineData("node a b\n")]
    [InlineData("ucast eth0 10.0.0.1\n")]
    [InlineData("bcast eth0\n")]
    [InlineData("stonith_host * null x\n")]
    [InlineData("keepalive 1\n")]
    [InlineData("\\\n")]
    [InlineData(",")]
    [InlineData("x")]
    public void Large_repetitions_end_quickly(string piece)
    {
        string text = "node a b\n" + string.Concat(Enumerable.Repeat(piece, 100_000));
        Check(Converter.Convert(new ClassicFiles(text, text, text), ConvertCases.Machine("")));
    }

    private static void Check(ConversionResult result)
    {
        IReadOnlyList<AccountEntry> entries = result.Account.InOrder();
        Assert.All(entries, e => Assert.True(e.ToString().Length < AccountCharsMax && !e.ToString().Contains('\n', StringComparison.Ordinal)));
        Assert.True(result.Accepted || result.Account.Refusals > 0, "nothing is refused, and still it is not accepted:\n" + result.Toml);
        Assert.DoesNotContain("\r", result.Toml, StringComparison.Ordinal);
    }

    private static string Mutated(string text, ref Prng random)
    {
        StringBuilder mutated = new(text);
        int changes = random.Below(6);
        for (int i = 0; i < changes; i++)
        {
            int at = random.Below(mutated.Length + 1);
            switch (random.Below(4))
            {
                case 0:
                    mutated.Insert(at, s_tokens[random.Below(s_tokens.Length)]);
                    break;
                case 1:
                    mutated.Remove(at, Math.Min(random.Below(12), mutated.Length - at));
                    break;
                case 2:
                    mutated.Insert(at, (char)random.Below(0x250));
                    break;
                default:
                    mutated.Append(text, 0, Math.Min(text.Length, at));
                    break;
            }
        }

        return mutated.ToString();
    }
}
