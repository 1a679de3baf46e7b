using System;
using System.Buffers;
using System.Text;

namespace Hbd.Core.Config.Toml;

/// <summary>UTF-8 to characters, strictly, with one error for each line that is not UTF-8.</summary>
internal static class TomlText
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Wrong bytes become U+FFFD in the result, so that reading can go on.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, TomlErrorList errors)
    {
        if (bytes.StartsWith(ByteOrderMark))
        {
            bytes = bytes[ByteOrderMark.Length..];
        }

        int line = 1;
        int column = 1;
        int lineWithError = 0;
        ReadOnlySpan<byte> rest = bytes;
        while (!rest.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int used);
            if (status != OperationStatus.Done && lineWithError != line)
            {
                errors.Add(new TomlPosition(line, column), "not valid UTF-8; expected text in UTF-8");
                lineWithError = line;
            }

            rest = rest[used..];
            column++;
            if (rune.Value == '\n')
            {
                line++;
                column = 1;
            }
        }

        return Encoding.UTF8.GetString(bytes);
    }
}
