using System;
using System.Linq;
using System.Text.RegularExpressions;
using Hbd.Core.Diagnostics;
using Xunit;

namespace Hbd.Core.Tests.Diagnostics;

/// <summary>Goal: every message has one text, and no text asks for what nobody fills in. Method: walk both lists.</summary>
public sealed class MessageCatalogTests
{
    [Fact]
    public void Every_id_has_exactly_one_text()
    {
        MessageId[] texts = MessageCatalog.All.ToArray().Select(t => t.Id).ToArray();
        Assert.Equal(Enum.GetValues<MessageId>().Where(id => id != MessageId.None).Order(), texts.Order());
    }

    [Fact]
    public void Every_placeholder_is_known()
    {
        MessageFields fields = new()
        {
            Peer = "P",
            Link = "L",
            Group = "G",
            Resource = "R",
            Action = "A",
            Result = "E",
            Text = "T",
            A = 1_500_000,
        };
        foreach (MessageText text in MessageCatalog.All)
        {
            string line = MessageCatalog.Format(text.Id, fields);
            Assert.DoesNotContain('?', line);
            Assert.DoesNotContain('{', line);
            Assert.DoesNotMatch(new Regex(@"\}"), line);
        }
    }

    [Fact]
    public void Texts_and_remedies_are_sentences()
    {
        foreach (MessageText text in MessageCatalog.All)
        {
            Assert.NotEmpty(text.Template);
            Assert.False(text.Template.EndsWith('.'), text.Template);
            Assert.True(text.Remedy.Length == 0 || text.Remedy[^1] is '.' or 'P', text.Remedy);
            Assert.True(Enum.IsDefined(text.Severity));
        }
    }

    [Fact]
    public void Numbers_are_filled_in() => Assert.Equal(
        "link eth0: dead, srv2 was not heard on it for 500.1 ms but is heard elsewhere",
        MessageCatalog.Format(MessageId.LinkDead, new MessageFields { Link = "eth0", Peer = "srv2", A = 500_100_000 }));

    [Fact]
    public void An_id_without_a_text_is_a_bug() =>
        Assert.Throws<CheckFailedException>(() => MessageCatalog.Get((MessageId)999));
}
