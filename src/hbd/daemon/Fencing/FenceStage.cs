namespace Hbd.Daemon.Fencing;

/// <summary>How far a request has come.</summary>
internal enum FenceStage
{
    /// <summary>Nothing was sent yet.</summary>
    Delayed,
    Acting,

    /// <summary>It has ended, the node is off; it is being switched on again.</summary>
    SwitchingOn,
}
