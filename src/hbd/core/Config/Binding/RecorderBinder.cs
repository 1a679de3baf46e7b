using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary><c>recorder_mb</c>: how much disk the flight recorder may have.</summary>
internal sealed class RecorderBinder(MessageList messages)
{
    public const string Key = "recorder_mb";

    private const int Usual = 16;
    private const int Least = 8;
    private const int Most = 256;
    private const string Expected = "0 for none, or a whole number from 8 to 256";

    public int Bind(Section top)
    {
        if (top.Find(Key) is not { } entry)
        {
            return Usual;
        }

        if (entry.Value is not TomlInteger integer)
        {
            top.WrongKind(entry, Expected);
            return Usual;
        }

        if (integer.Number != 0 && (integer.Number < Least || integer.Number > Most))
        {
            messages.Error(entry.Value.Position, $"{Key} {integer.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)} "
                + $"is out of range; expected {Expected}");
            return Usual;
        }

        return (int)integer.Number;
    }
}
