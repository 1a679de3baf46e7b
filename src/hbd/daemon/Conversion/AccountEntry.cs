using System.Globalization;

namespace Hbd.Daemon.Conversion;

/// <param name="Line">0: about the file as a whole.</param>
/// <param name="Text">The line as shown: never a secret.</param>
/// <param name="Note">Empty when there is nothing to say.</param>
internal sealed record AccountEntry(string File, int Line, string Text, Verdict Verdict, string Note)
{
    public override string ToString()
    {
        string place = Line == 0 ? File : File + ":" + Line.ToString(CultureInfo.InvariantCulture);
        string word = Verdict switch
        {
            Verdict.Taken => "taken over",
            Verdict.Translated => "translated",
            Verdict.Ignored => "ignored",
            _ => "refused",
        };
        return place + ": " + (Text.Length == 0 ? "" : Text + ": ") + word + (Note.Length == 0 ? "" : ": " + Note);
    }
}
