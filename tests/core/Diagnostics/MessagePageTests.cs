using System;
using System.Globalization;
using System.IO;
using System.Text;
using Hbd.Core.Diagnostics;
using Xunit;

namespace Hbd.Core.Tests.Diagnostics;

/// <summary>doc/messages.md is the catalogue as a page; <c>make messages</c> writes it anew.</summary>
public sealed class MessagePageTests
{
    [Fact]
    public void Every_message_has_a_meaning()
    {
        foreach (MessageText text in MessageCatalog.All)
        {
            Assert.True(MessageMeanings.Of(text.Id).Length > 10, text.Id + " has no meaning in MessageMeanings");
        }
    }

    [Fact]
    public void The_page_of_messages_is_up_to_date()
    {
        string path = Find();
        string page = Page();
        if (Environment.GetEnvironmentVariable("HBD_WRITE_PAGES") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.True(File.ReadAllText(path) == page, "doc/messages.md is not what the catalogue says: make messages");
    }

    private static string Find()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "hbd.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return Path.Combine(directory!, "doc", "messages.md");
    }

    private static string Page()
    {
        StringBuilder page = new("""
            # Messages

            Every message of hbd has a number that stays the same from version to version. The number stands in the log, in the journal (`HBD_MESSAGE=105`, and
            `MESSAGE_ID=`, whose last digits it is), and in `hbctl log`; `hbctl explain 105` prints what is said here. This page is made from the source by `make messages`.

            Words in braces are filled in: {peer} is the other node, {a} and {b} are numbers.


            """.ReplaceLineEndings("\n"));
        MessageText[] texts = MessageCatalog.All.ToArray();
        Array.Sort(texts, (x, y) => ((int)x.Id).CompareTo((int)y.Id));
        int family = 0;
        foreach (MessageText text in texts)
        {
            if ((int)text.Id / 100 != family)
            {
                family = (int)text.Id / 100;
                page.Append("## ").Append(Family(family)).Append("\n\n| Message | Meaning |\n|---|---|\n");
            }

            string number = ((int)text.Id).ToString(CultureInfo.InvariantCulture);
            page.Append("| `").Append(number).Append("` ").Append(Escaped(text.Template)).Append(" | ").Append(Word(text.Severity)).Append(". ")
                .Append(Escaped(MessageMeanings.Of(text.Id)));
            page.Append(text.Remedy.Length > 0 ? " What to do: " + Escaped(text.Remedy) : "").Append(" |\n");
            bool last = Array.FindIndex(texts, t => (int)t.Id / 100 == family && t.Id > text.Id) < 0;
            page.Append(last && text.Id != texts[^1].Id ? "\n" : "");
        }

        return page.ToString();
    }

    private static string Word(Severity severity) => severity.ToString();

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Family(int family) => family switch
    {
        1 => "1xx: nodes and links",
        2 => "2xx: groups",
        3 => "3xx: fencing, witness, self-fence",
        4 => "4xx: media and keys",
        5 => "5xx: agents",
        6 => "6xx: configuration",
        7 => "7xx: the daemon and its system",
        _ => "9xx: bugs",
    };
}
