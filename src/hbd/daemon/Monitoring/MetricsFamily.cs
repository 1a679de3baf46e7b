using System;

namespace Hbd.Daemon.Monitoring;

/// <summary>One name, and how its samples are written.</summary>
/// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
/// <param name="items">Things that have samples; each is written at one go.</param>
/// <param name="write">Writes the samples of one of them; none is fine.</param>
internal sealed class MetricsFamily(string name, string type, string help, int items, Action<MetricsWriter, int> write)
{
    public string Name { get; } = name;

    public string Type { get; } = type;

    public string Help { get; } = help;

    public int Items { get; } = items;

    public Action<MetricsWriter, int> Write { get; } = write;
}

/// <summary>
/// The text of all metrics, made in pieces, so that no turn of the loop writes more than one of them however many groups there are. What changes
/// between two pieces is seen in the later ones only, as between two scrapes.
/// </summary>
internal sealed class MetricsSnapshot(MetricsFamily[] families)
{
    /// <summary>About 150 lines.</summary>
    internal const int PieceChars = 16 * 1024;

    private readonly MetricsWriter _writer = new();
    private int _family;
    private int _item;

    public bool IsDone => _family == families.Length;

    /// <summary>The next piece; empty when there are no more.</summary>
    public byte[] Next()
    {
        while (!IsDone && _writer.Length < PieceChars)
        {
            MetricsFamily family = families[_family];
            if (_item == 0)
            {
                _writer.Family(family.Name, family.Type, family.Help);
            }

            while (_item < family.Items && _writer.Length < PieceChars)
            {
                family.Write(_writer, _item++);
            }

            if (_item == family.Items)
            {
                _item = 0;
                _family++;
            }
        }

        return _writer.Take();
    }
}
