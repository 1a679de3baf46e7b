using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

/// <summary>
/// Reads what <see cref="NotYet"/> refuses, so that a file written for a later version is told about its own mistakes too, and
/// not only that it comes early.
/// </summary>
internal sealed class LaterSections(MessageList messages)
{
    public void Check(Section top)
    {
        _ = top.Text("witness", "a host name or an address", required: false);
        foreach (string key in (string[])["witness"])
        {
            if (top.Find(key) is { } entry)
            {
                NotYet.Refuse(messages, entry.Position, key);
            }
        }
    }
}
