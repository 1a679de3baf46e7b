using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Tests.Config;

/// <summary>The tagged JSON that TOML conformance suites compare: every value an object with type and value.</summary>
internal static class TomlJson
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(TomlTable root)
    {
        using System.IO.MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_options))
        {
            WriteValue(writer, root);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteValue(Utf8JsonWriter writer, TomlValue value)
    {
        switch (value)
        {
            case TomlTable table:
                writer.WriteStartObject();
                foreach (TomlEntry entry in table.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    WriteValue(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case TomlArray array:
                writer.WriteStartArray();
                foreach (TomlValue item in array.Items)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                (string type, string text) = Scalar(value);
                writer.WriteStartObject();
                writer.WriteString("type", type);
                writer.WriteString("value", text);
                writer.WriteEndObject();
                break;
        }
    }

    private static (string Type, string Text) Scalar(TomlValue value) => value switch
    {
        TomlString text => ("string", text.Text),
        TomlInteger integer => ("integer", integer.Number.ToString(CultureInfo.InvariantCulture)),
        TomlFloat fraction => ("float", Float(fraction.Number)),
        TomlBoolean boolean => ("bool", boolean.IsTrue ? "true" : "false"),
        TomlDateTime time => (Name(time.Variant), time.Text),
        _ => ("unknown", ""),
    };

    private static string Float(double number) => number switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        double.NaN => "nan",
        _ => number.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Name(TomlDateTimeKind kind) => kind switch
    {
        TomlDateTimeKind.OffsetDateTime => "datetime",
        TomlDateTimeKind.LocalDateTime => "datetime-local",
        TomlDateTimeKind.LocalDate => "date-local",
        _ => "time-local",
    };
}
