using System;
using System.Globalization;
using System.Text;
using Hbd.Plugins.Stonith.Fence;
using Hbd.Plugins.Stonith.Nut;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>What programs and servers say is read or refused; nothing is thrown, nothing takes long.</summary>
public sealed class FenceFuzzTests
{
    private const string MetaData = """
        <?xml version="1.0" ?><!-- <action name="never"/> -->
        <resource-agent name="fence_x" shortdesc="a > b"><parameters>
        <parameter name="plug" unique='0' required = "1"><getopt mixed="-n"/></parameter>
        </parameters><longdesc><![CDATA[<action name="neither"/>]]></longdesc>
        <actions><action name="on" automatic="1" on_target="1"/><action name="off" /><action name="status"/></actions></resource-agent>
        """;

    private static readonly int s_rounds =
        int.Parse(Environment.GetEnvironmentVariable("HBD_FUZZ_ROUNDS") ?? "20000", CultureInfo.InvariantCulture);

    [Fact]
    public void Metadata_gives_parameters_and_actions()
    {
        FenceMetaData data = FenceMetaData.Read(MetaData)!;
        Assert.True(data.Requires("plug"));
        Assert.True(data.HasAction("off"));
        Assert.True(data.OnTarget);
        Assert.True(data.Automatic);
        Assert.False(data.HasAction("never"));
        Assert.False(data.HasAction("neither"));
        Assert.Null(FenceMetaData.Read("Traceback (most recent call last):"));
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Any_metadata_is_read_or_refused()
    {
        Random random = new(1);
        for (int i = 0; i < s_rounds; i++)
        {
            _ = FenceMetaData.Read(Mutate(MetaData, random));
        }
    }

    [Fact]
    public void Large_metadata_is_read_in_linear_time()
    {
        foreach (string piece in (string[])["<a ", "<a b=\"", "<!--", "<![CDATA[", "<a/>", "=\"\"", "<action name='x' "])
        {
            StringBuilder text = new();
            for (int i = 0; i < 60_000; i++)
            {
                text.Append(piece);
            }

            _ = FenceMetaData.Read(text.ToString());
        }
    }

    [Theory]
    [InlineData("OK", "OK", "", "")]
    [InlineData("ERR ACCESS-DENIED", "ERR", "ACCESS-DENIED", "")]
    [InlineData("VAR ups1 ups.status \"OL \\\"x\\\" OFF\"", "VAR", "ups.status", "OL \"x\" OFF")]
    [InlineData("CMD ups1 load.off", "CMD", "load.off", "")]
    [InlineData("", "", "", "")]
    public void Replies_of_upsd_are_taken_apart(string line, string kind, string word, string value)
        => Assert.Equal(new UpsdReply(kind, word, value), UpsdReply.Read(line));

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Any_reply_of_upsd_is_read()
    {
        Random random = new(2);
        for (int i = 0; i < s_rounds; i++)
        {
            UpsdReply reply = UpsdReply.Read(Mutate("VAR ups1 ups.status \"OL \\\"x\\\" OFF\"", random));
            Assert.NotNull(reply.Value);
        }
    }

    private static string Mutate(string seed, Random random)
    {
        StringBuilder text = new(seed[..random.Next(seed.Length + 1)]);
        for (int flips = random.Next(6); flips > 0 && text.Length > 0; flips--)
        {
            const string Signs = "<>\"'=/!-[]\\ \n\0ax";
            text[random.Next(text.Length)] = random.Next(3) == 0 ? (char)random.Next(65_536) : Signs[random.Next(Signs.Length)];
        }

        return text.ToString();
    }
}
