namespace Hbd.Daemon.Control;

/// <summary>The watchdog device of a node.</summary>
internal sealed record WatchdogStatus
{
    /// <summary>Path as configured.</summary>
    public required string Device { get; init; }

    /// <summary>What the driver calls itself.</summary>
    public required string Identity { get; init; }

    /// <summary>As the driver said it.</summary>
    public required int TimeoutS { get; init; }

    /// <summary>Null when nothing is patted.</summary>
    public required double? LastPatMs { get; init; }

    /// <summary><c>armed</c>, <c>left to itself</c> (it will reset the machine), <c>stand-in</c>, or <c>not opened</c> in a dry run.</summary>
    public required string State { get; init; }
}

/// <summary>That this node took itself down, seen only if the machine lives on.</summary>
internal sealed record SelfFenceStatus
{
    public required string Why { get; init; }

    /// <summary>Why the machine lives on.</summary>
    public required string Outcome { get; init; }

    public required double SinceS { get; init; }
}

/// <summary>Where this node stands on being cut off.</summary>
internal sealed record SplitBrainStatus
{
    /// <summary><c>ignore</c>, <c>freeze</c>, <c>stop</c> or <c>suicide</c>, as configured.</summary>
    public required string Policy { get; init; }

    /// <summary>The policy holds now: this node starts and takes nothing.</summary>
    public required bool InForce { get; init; }

    /// <summary>At least one third vote is configured, and none answers.</summary>
    public required bool ThirdVoteLost { get; init; }
}
