using System.Net;
using System.Text;
using Hbd.Core.Config;
using Hbd.Core.Diagnostics;
using Xunit;

namespace Hbd.Core.Tests.Config;

/// <summary>What [metrics] and [[alert]] become; bad/ has what they refuse.</summary>
public sealed class MonitoringConfigTests
{
    private const string Base = "nodes = [\"srv1\", \"srv2\"]\n[[bcast]]\ninterface = \"eth0\"\n[haresources]\nsrv1 = [\"apache\"]\n";

    [Theory]
    [InlineData("127.0.0.1:9694", "127.0.0.1", 9694)]
    [InlineData("127.8.0.9:1", "127.8.0.9", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void Loopback_addresses_are_taken(string listen, string address, int port)
        => Assert.Equal(new MetricsConfig(IPAddress.Parse(address), port, null), Load("[metrics]\nlisten = \"" + listen + "\"\n").Metrics);

    [Fact]
    public void A_path_is_a_unix_socket()
        => Assert.Equal(new MetricsConfig(null, 0, "/run/hbd/metrics"), Load("[metrics]\nlisten = \"/run/hbd/metrics\"\n").Metrics);

    [Theory]
    [InlineData("0.0.0.0:9694")]
    [InlineData("10.0.0.1:9694")]
    [InlineData("[::]:9694")]
    [InlineData("[2001:db8::1]:9694")]
    [InlineData("[::ffff:10.0.0.1]:9694")]
    [InlineData("::1:9694")]
    [InlineData("[127.0.0.1]:9694")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:+80")]
    [InlineData("127.0.0.1:")]
    [InlineData(":9694")]
    [InlineData("127.0.0.1")]
    [InlineData("metrics")]
    [InlineData("/run/hbd/")]
    [InlineData("")]
    public void Everything_else_is_refused_with_what_is_right(string listen)
    {
        ConfigLoadResult result = ConfigLoader.Load("f", Encoding.UTF8.GetBytes(Base + "[metrics]\nlisten = \"" + listen + "\"\n"));
        Assert.Contains("expected a loopback address", Assert.Single(result.Errors).Text, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_table_nothing_is_served() => Assert.Null(Load("").Metrics);

    [Fact]
    public void An_alert_has_defaults()
    {
        AlertConfig alert = Assert.Single(Load("[[alert]]\nprogram = \"/a\"\n").Alerts);
        Assert.Equal((EventClasses.All, Duration.FromSeconds(30), 100), (alert.Classes, alert.Timeout, alert.Queue));
        Assert.True(alert.Wants(MessageId.NodeDead, Severity.Critical));
        Assert.False(alert.Wants(MessageId.SystemNote, Severity.Info));
    }

    [Fact]
    public void Events_are_classes_and_numbers()
    {
        AlertConfig alert = Assert.Single(Load("[[alert]]\nprogram = \"/a\"\nevents = [\"link\", 105, 704]\n").Alerts);
        Assert.True(alert.Wants(MessageId.LinkDead, Severity.Warning));
        Assert.True(alert.Wants(MessageId.NodeDead, Severity.Critical));
        Assert.True(alert.Wants(MessageId.SystemNote, Severity.Info));
        Assert.False(alert.Wants(MessageId.NodeUp, Severity.Notice));
    }

    [Fact]
    public void Neither_is_the_pairs_affair()
        => Assert.Equal(Load("").Digest, Load("[metrics]\nlisten = \"/m\"\n[[alert]]\nprogram = \"/a\"\n").Digest);

    [Fact]
    public void Every_message_has_a_class_with_a_word()
        => Assert.All(MessageCatalog.All.ToArray(), text => Assert.Contains(EventClass.Word(EventClass.Of(text.Id)), EventClass.Words));

    private static ClusterConfig Load(string more)
    {
        ConfigLoadResult result = ConfigLoader.Load("f", Encoding.UTF8.GetBytes(Base + more));
        Assert.Empty(result.Errors);
        return result.Config!;
    }
}
