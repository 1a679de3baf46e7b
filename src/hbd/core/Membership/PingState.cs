namespace Hbd.Core.Membership;

/// <summary>What this node knows of one ping node.</summary>
public enum PingState : byte
{
    /// <summary>Just started: neither enough answers nor enough silence yet.</summary>
    Unknown,
    Up,

    /// <summary>No answer for deadping, and not enough answers since.</summary>
    Down,
}

/// <summary>One ping node (or group of them) as the tracker keeps it.</summary>
internal struct PingRun
{
    public PingState State;

    /// <summary>When the state began.</summary>
    public Instant Since;

    /// <summary>When the newest answer came; meaningless unless <see cref="WasAnswered"/>.</summary>
    public Instant Answered;

    /// <summary>Send time of the newest round that was answered: a second answer to one round counts for nothing.</summary>
    public Instant Round;

    /// <summary>Answered rounds in a row, while it is not up.</summary>
    public int Answers;

    /// <summary>When the silence is long enough; Never while it is and nothing new was heard.</summary>
    public Instant SilentAt;

    public readonly bool WasAnswered => Answered.Nanoseconds != long.MinValue;
}
