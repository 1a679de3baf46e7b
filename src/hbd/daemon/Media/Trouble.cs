using Hbd.Sys;

namespace Hbd.Daemon.Media;

/// <summary>What keeps a medium from working.</summary>
internal enum TroubleKind
{
    None,
    NotOpenedYet,
    NoInterface,
    InterfaceReplaced,
    InterfaceDown,
    NoAddress,
    NoCarrier,
    HungUp,

    /// <summary>A system call failed: the call and the error say it.</summary>
    Call,
}

/// <summary>A trouble as a value, so that the same one again is seen without building its text.</summary>
internal readonly record struct Trouble(TroubleKind Kind, string Call, Errno Error)
{
    public static readonly Trouble None;

    public Trouble(TroubleKind kind)
        : this(kind, string.Empty, Errno.None)
    {
    }

    public bool IsTrouble => Kind != TroubleKind.None;

    public static Trouble Of(string call, Errno error) => new(TroubleKind.Call, call, error);
}
