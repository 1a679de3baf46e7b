using System.Text;
using Hbd.Daemon.Monitoring;
using Xunit;

namespace Hbd.Daemon.Tests.Monitoring;

/// <summary>The letters of the text format; tests/netns/test_metrics.py judges all metrics of a running pair by its rules.</summary>
public sealed class MetricsWriterTests
{
    [Fact]
    public void Labels_and_help_are_escaped()
    {
        MetricsWriter writer = new();
        writer.Family("a_total", "counter", "a \\ \"b\"\nc");
        writer.Sample(1, "x", "q\"b\\n\n", "y", "");
        Assert.Equal("# HELP a_total a \\\\ \"b\"\\nc\n# TYPE a_total counter\na_total{x=\"q\\\"b\\\\n\\n\",y=\"\"} 1\n", Text(writer));
    }

    [Fact]
    public void A_histogram_adds_up_and_ends_with_infinity()
    {
        Histogram histogram = new([1_000_000, 2_500_000]);
        histogram.Add(1_000_000);
        histogram.Add(1_000_001);
        histogram.Add(3_000_000_000);
        MetricsWriter writer = new();
        writer.Family("h_seconds", "histogram", "h");
        writer.Histogram(histogram, "link", "l");
        Assert.EndsWith(
            "h_seconds_bucket{link=\"l\",le=\"0.001\"} 1\nh_seconds_bucket{link=\"l\",le=\"0.0025\"} 2\nh_seconds_bucket{link=\"l\",le=\"+Inf\"} 3\n"
            + "h_seconds_sum{link=\"l\"} 3.002000001\nh_seconds_count{link=\"l\"} 3\n", Text(writer), System.StringComparison.Ordinal);
    }

    private static string Text(MetricsWriter writer) => Encoding.UTF8.GetString(writer.Take());
}
