namespace Hbd.Daemon.Control;

/// <summary>A maintenance or a move in force.</summary>
internal sealed record ModeStatus
{
    /// <summary>Of a move: where the group is kept; otherwise null.</summary>
    public string? Node { get; init; }

    /// <summary>Until it ends by itself; null: it does not.</summary>
    public required double? LeftS { get; init; }

    /// <summary>The peer has said that it knows.</summary>
    public required bool PeerKnows { get; init; }
}

/// <summary>One thing that somebody asked for, the newest first.</summary>
internal sealed record ChangeStatus
{
    public required double AgoS { get; init; }

    /// <summary>Name of the user, with uid and process: <c>alice (uid 1000, pid 4711)</c>.</summary>
    public required string Who { get; init; }

    /// <summary>The command and what it was about.</summary>
    public required string What { get; init; }

    public required string Answer { get; init; }
}
