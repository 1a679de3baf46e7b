using System;
using System.Collections.Generic;
using System.Globalization;
using Hbd.Core.Config;
using Hbd.Core.Recording;

namespace Hbd.Daemon.Recording;

/// <summary>Replays every life of a recording whose beginning is still there.</summary>
internal sealed class ReplayRun : IRecordingVisitor, IDisposable
{
    private readonly List<string> _lines = [];
    private Replayer? _replayer;
    private RecordedLife? _life;
    private bool _over;

    public IReadOnlyList<string> Lines => _lines;

    public int Replayed { get; private set; }

    public int Different { get; private set; }

    public void OnLife(RecordedLife life)
    {
        Finish();
        _life = life;
        _over = true;
        if (life.Info is not { } info)
        {
            Say("its beginning was overwritten, so it cannot be replayed; hbctl log still shows it");
        }
        else if (life.Config is not { } config)
        {
            Say(info.ConfigBytes == 0 ? "its configuration was too long to be recorded, so it cannot be replayed"
                : "its configuration is not whole, or hbd " + StatusBuilder.Version + " does not accept it, so it cannot be replayed");
        }
        else
        {
            Begin(info, config);
        }
    }

    public void OnHole(RecordedLife life)
    {
        if (!_over)
        {
            Say(Told() + "; then records are missing, and what follows cannot be replayed");
            _over = true;
        }
    }

    public void OnRecord(RecordedLife life, long number, Record record)
    {
        if (_over)
        {
            return;
        }

        if (_replayer!.Feed(record) is { } difference)
        {
            _over = true;
            Different++;
            string at = number.ToString(CultureInfo.InvariantCulture);
            Say("DIFFERS at #" + at + ", " + TimelineEntry.TimeText(life.WallOf(record.At)) + ", " + new TimelineWords(life).Of(record) + ": "
                + difference + (life.Info!.Version == StatusBuilder.Version ? ""
                    : " (recorded by hbd " + life.Info.Version + ", replayed by " + StatusBuilder.Version + ")"));
        }
    }

    public void Finish()
    {
        if (!_over && _life is not null)
        {
            Say(Told() + ", all the same");
        }

        _over = true;
        _replayer?.Dispose();
        _replayer = null;
    }

    public void Dispose() => Finish();

    private void Begin(LifeInfo info, ClusterConfig config)
    {
        try
        {
            _replayer = new Replayer(info, config);
            _over = false;
            Replayed++;
        }
        catch (Exception e) when (e is Hbd.Core.CheckFailedException or OverflowException)
        {
            Say("its beginning makes no core: " + e.Message);
        }
    }

    private string Told() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_replayer!.Events} events, {_replayer.Decisions} decisions and {_replayer.Hashes} states compared");

    private void Say(string text) => _lines.Add(
        _life!.Node + ", generation " + _life.Generation.ToString(CultureInfo.InvariantCulture) + ": " + text);
}
