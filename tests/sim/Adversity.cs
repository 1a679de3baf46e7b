using Hbd.Core;

namespace Hbd.Sim;

/// <summary>
/// What else a world can be: clocks that drift, state files that are lost or torn, agents that lie or hang. Drawn from a generator of
/// its own and only in some seeds, so that the others stay what they were.
/// </summary>
internal sealed record Adversity
{
    /// <summary>Five times what a quartz is off; NTP slews with no more.</summary>
    public const int DriftPpmMax = 500;

    public static readonly Adversity None = new();

    /// <summary>How much faster each node's clock runs than the world's, in millionths.</summary>
    public int Drift1Ppm { get; init; }

    public int Drift2Ppm { get; init; }

    /// <summary>A machine that crashes may come up without its generation file, or with a torn one.</summary>
    public bool LosesState { get; init; }

    /// <summary>So many of 1,000 results are untrue: a probe that says the opposite, a start or stop that says ok and did nothing.</summary>
    public int LiesPermille { get; init; }

    /// <summary>So many of 1,000 actions hang until their timeout, or end at the last moment.</summary>
    public int HangsPermille { get; init; }

    /// <summary>The timeout of an action that hangs.</summary>
    public Duration Timeout { get; init; }

    public bool Drifts => Drift1Ppm != 0 || Drift2Ppm != 0;

    public bool TroublesAgents => LiesPermille > 0 || HangsPermille > 0;

    public bool IsNone => this == None;

    public static Adversity Draw(ulong seed, Duration keepalive)
    {
        bool drifts = seed % 9 is 0 or 4;
        bool loses = seed % 9 is 4;
        bool agents = seed % 9 is 1 or 4;
        Prng prng = new(seed ^ 0xD21F7);
        return new Adversity
        {
            Drift1Ppm = drifts ? prng.Below((2 * DriftPpmMax) + 1) - DriftPpmMax : 0,
            Drift2Ppm = drifts ? prng.Below((2 * DriftPpmMax) + 1) - DriftPpmMax : 0,
            LosesState = loses,
            LiesPermille = agents && prng.Chance(600) ? 1 + prng.Below(200) : 0,
            HangsPermille = agents && prng.Chance(600) ? 1 + prng.Below(100) : 0,
            Timeout = agents ? keepalive * (5 + prng.Below(30)) : Duration.Zero,
        };
    }

    public override string ToString() => IsNone ? ""
        : $" drift {Drift1Ppm}/{Drift2Ppm} ppm{(LosesState ? " loses-state" : "")} lies {LiesPermille} hangs {HangsPermille} timeout {Timeout}";
}
