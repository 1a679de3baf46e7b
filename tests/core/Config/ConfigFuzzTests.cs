using System;
using System.Collections.Generic;
using System.Linq;
using Hbd.Core.Auth;
using Hbd.Core.Config;
using Hbd.Core.Config.Toml;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>
/// Mutations of all case files and of the shipped samples: no exception, no hang, never a configuration together with
/// errors, every message bounded. The seeds are fixed, so a failure repeats; HBD_FUZZ_ROUNDS asks for more.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class ConfigFuzzTests
{
    private const int Runs = 20_000;

    /// <summary>The cases of the theory share the rounds.</summary>
    private const int Seeds = 2;

    /// <summary>Files up to this size: the interesting ones are small, and time is bounded.</summary>
    private const int BytesMax = 8_192;

    private static readonly string[] s_folders = ["toml/valid", "toml/invalid", "bad"];

    private static readonly byte[][] s_tokens =
    [
        .. new[] { "[", "]", "[[", "]]", "{", "}", "\"", "'", "\"\"\"", "'''", "=", ".", ",", "#", "\n", "\r\n", "\\",
            "::", ":", "/",
            "1979-05-27", "07:32:00", "0x", "1e9", "inf", "\\u12", "\0", " ", "true", "9223372036854775808", "eth0",
                "auth", "2 sha256" }
            .Select(System.Text.Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xE2, 0x82],
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SurvivesMutations(uint seed)
    {
        byte[][] corpus = Corpus();
        uint state = seed;
        for (int run = 0; run < Fuzz.Rounds(Runs) / Seeds; run++)
        {
            List<byte> bytes = [.. corpus[Next(ref state, corpus.Length)]];
            int mutations = 1 + Next(ref state, 6);
            for (int i = 0; i < mutations; i++)
            {
                Mutate(bytes, corpus, ref state);
            }

            byte[] text = [.. bytes];
            ConfigLoadResult result = ConfigLoader.Load("f", text);
            Assert.Equal(result.Errors.Count > 0, result.Config is null);
            Assert.All(result.Errors, error =>
                Assert.True(error.Line >= 1 && error.Column >= 1 && error.Text.Length < 1_000));
            AuthKeysResult keys = AuthKeysReader.Read("f", text);
            Assert.Equal(keys.Errors.Count > 0, keys.Keys is null);
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a=")]
    [InlineData("a.")]
    [InlineData("[[a]]\n")]
    [InlineData("[a.b]\n")]
    [InlineData("\"")]
    [InlineData("a=[\n")]
    [InlineData("x = [ 1,")]
    public void LargeRepetitionsEndQuickly(string piece)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes("a = " + string.Concat(Enumerable.Repeat(piece, 100_000)));
        Assert.NotEmpty(TomlReader.Read(text).Errors);
    }

    private static byte[][] Corpus() =>
    [
        .. from folder in s_folders
           from name in CaseFiles.Names(folder)
           select CaseFiles.Bytes(folder, name + ".toml"),
        CaseFiles.Sample("hbd.toml"),
        CaseFiles.Sample("authkeys"),
    ];

    private static void Mutate(List<byte> bytes, byte[][] corpus, ref uint state)
    {
        int at = Next(ref state, bytes.Count + 1);
        switch (Next(ref state, 5))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)Next(ref state, 256);
                break;
            case 1 when at < bytes.Count:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + Next(ref state, 8)));
                break;
            case 2:
                byte[] other = corpus[Next(ref state, corpus.Length)];
                int from = Next(ref state, other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + Next(ref state, 64))]);
                break;
            default:
                bytes.InsertRange(at, s_tokens[Next(ref state, s_tokens.Length)]);
                break;
        }

        if (bytes.Count > BytesMax)
        {
            bytes.RemoveRange(BytesMax, bytes.Count - BytesMax);
        }
    }

    /// <summary>xorshift32: the same numbers on every machine and runtime.</summary>
    private static int Next(ref uint state, int below)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return (int)(state % (uint)below);
    }
}
