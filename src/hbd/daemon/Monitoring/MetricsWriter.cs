using System;
using System.Globalization;
using System.Text;

namespace Hbd.Daemon.Monitoring;

/// <summary>
/// Prometheus' text format 0.0.4: one HELP and one TYPE for each name, then its samples. Numbers are written as Go reads them; label values and
/// help are escaped. Made for each answer.
/// </summary>
internal sealed class MetricsWriter
{
    private readonly StringBuilder _text = new(4_096);
    private string _name = "";

    public int Length => _text.Length;

    public byte[] Take()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(_text.ToString());
        _text.Clear();
        return bytes;
    }

    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    public void Family(string name, string type, string help)
    {
        _name = name;
        _text.Append("# HELP ").Append(name).Append(' ');
        Escape(help, quote: false);
        _text.Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    public void Sample(double value, string label1 = "", string value1 = "", string label2 = "", string value2 = "", string label3 = "", string value3 = "")
    {
        Name("", label1, value1, label2, value2, label3, value3);
        Number(value);
    }

    public void Histogram(Histogram histogram, string label1 = "", string value1 = "", string label2 = "", string value2 = "")
    {
        long sum = 0;
        for (int i = 0; i < histogram.Counts.Length; i++)
        {
            sum += histogram.Counts[i];
            string bound = i < histogram.Bounds.Length ? (histogram.Bounds[i] / 1e9).ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            Name("_bucket", label1, value1, label2, value2, "le", bound);
            Number(sum);
        }

        Name("_sum", label1, value1, label2, value2, "", "");
        Number(histogram.SumNs / 1e9);
        Name("_count", label1, value1, label2, value2, "", "");
        Number(histogram.Total);
    }

    private void Name(string suffix, string label1, string value1, string label2, string value2, string label3, string value3)
    {
        _text.Append(_name).Append(suffix);
        int start = _text.Length;
        Label(start, label1, value1);
        Label(start, label2, value2);
        Label(start, label3, value3);
        _text.Append(_text.Length > start ? "} " : " ");
    }

    private void Label(int start, string name, string value)
    {
        if (name.Length > 0)
        {
            _text.Append(_text.Length > start ? ',' : '{').Append(name).Append("=\"");
            Escape(value, quote: true);
            _text.Append('"');
        }
    }

    private void Escape(string text, bool quote)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '"' when quote => _text.Append("\\\""),
                _ => _text.Append(c),
            };
        }
    }

    /// <summary>Whole numbers without an exponent up to 2^53, as a person would write them.</summary>
    private void Number(double value)
    {
        bool whole = value == Math.Truncate(value) && Math.Abs(value) < 9e15;
        _text.Append(whole ? ((long)value).ToString(CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
