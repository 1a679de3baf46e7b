using System.Collections.Generic;
using Hbd.Core;

namespace Hbd.Sim;

/// <summary>The cables: each link carries frames both ways, each way can be cut, and the air between loses, repeats and delays.</summary>
internal sealed class SimNetwork
{
    private const int HistoryMax = 2_000;
    private readonly SimOptions _options;
    private readonly Prng _prng;
    private readonly bool[,] _cut;
    private readonly List<byte[]>[] _history = [[], []];

    public SimNetwork(SimOptions options, Prng prng)
    {
        _options = options;
        _prng = prng;
        _cut = new bool[options.Links, 2];
    }

    /// <summary>No loss, no repetition, shortest delay: the second phase of a run.</summary>
    public bool Calm { get; set; }

    public int Links => _options.Links;

    /// <param name="link">Number of the link.</param>
    /// <param name="from">Sender of the direction meant.</param>
    public void Cut(int link, int from, bool cut) => _cut[link, from] = cut;

    public void MendAll()
    {
        for (int link = 0; link < Links; link++)
        {
            _cut[link, 0] = _cut[link, 1] = false;
        }
    }

    /// <summary>Some link carries frames from this sender.</summary>
    public bool Carries(int from)
    {
        for (int link = 0; link < Links; link++)
        {
            if (!_cut[link, from])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Frames recorded from a sender, as somebody on the wire would have them.</summary>
    public IReadOnlyList<byte[]> History(int from) => _history[from];

    /// <summary>Hands a frame to the air; yields what arrives and after which delay.</summary>
    public void Send(int link, int from, byte[] frame, List<(Duration Delay, byte[] Frame)> arrivals)
    {
        arrivals.Clear();
        if (_history[from].Count == HistoryMax)
        {
            _history[from].RemoveRange(0, HistoryMax / 2);
        }

        _history[from].Add(frame);

        if (_cut[link, from])
        {
            return;
        }

        if (Calm)
        {
            arrivals.Add((_options.DelayMin, frame));
            return;
        }

        if (!_prng.Chance(_options.LossPermille))
        {
            arrivals.Add((Delay(), frame));
            if (_prng.Chance(_options.DuplicatePermille))
            {
                arrivals.Add((Delay(), frame));
            }
        }

        if (_prng.Chance(_options.ReplayPermille))
        {
            List<byte[]> history = _history[from];
            arrivals.Add((Delay(), history[_prng.Below(history.Count)]));
        }
    }

    private Duration Delay() =>
        new(_options.DelayMin.Nanoseconds + (_prng.Below((int)((_options.DelayMax - _options.DelayMin).Nanoseconds / 1_000) + 1) * 1_000L));
}
