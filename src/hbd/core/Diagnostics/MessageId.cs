namespace Hbd.Core.Diagnostics;

/// <summary>
/// Stable numbers of messages: 1xx membership, 2xx resource groups, 4xx media and authentication, 5xx agents, 6xx configuration,
/// 7xx loop and system, 9xx bugs. Text and meaning stand in <see cref="MessageCatalog"/>; a number is never used twice.
/// </summary>
public enum MessageId
{
    None = 0,

    NodeUp = 101,
    NodeActive = 102,
    NodeLate = 103,
    NodeLateEnded = 104,
    NodeDead = 105,
    NodeLeft = 106,
    NodeRestarted = 107,
    NodeNeverSeen = 108,
    NodeProbed = 109,
    LinkUp = 110,
    LinkDead = 111,
    LinkNeverHeard = 112,
    ConfigDiffers = 120,
    ConfigAgrees = 121,
    OwnPauseLong = 130,
    OwnPauseShort = 131,
    Leaving = 140,
    LeavingDone = 141,

    GroupStarting = 201,
    GroupRunning = 202,
    GroupStopping = 203,
    GroupStopped = 204,
    GroupTakeover = 205,
    GroupPassed = 206,
    GroupReceived = 207,
    GroupYield = 208,
    GroupTieWon = 209,
    GroupStartFailed = 210,
    GroupStopFailed = 211,
    GroupFound = 212,
    GroupRequest = 213,

    GroupBlocked = 216,

    CommandAccepted = 220,
    CommandNothingToDo = 221,
    CommandNoPeer = 222,
    CommandPeerRefuses = 223,
    CommandLeaving = 224,

    FenceRequested = 301,
    FenceProven = 302,
    FenceFailed = 303,
    FenceAssumed = 304,
    FenceCancelled = 305,
    FenceLate = 306,
    FencingDone = 310,
    FencingFailed = 311,
    FencingNote = 312,
    DeviceTested = 320,
    DeviceTestFailed = 321,

    MediumOpen = 401,
    MediumClosed = 402,
    FramesRefused = 403,
    KeysReloaded = 404,
    KeysRefused = 405,

    ActionFailed = 501,
    ActionUnknown = 502,
    AddressLost = 503,
    AddressRestored = 504,
    AddressRestoreFailed = 505,

    AgentQuarantined = 530,
    AgentOutside = 531,
    AgentCleared = 532,

    DaemonStarting = 701,
    DaemonStopped = 702,
    LoopLate = 703,
    SystemNote = 704,
    SystemProblem = 705,

    Bug = 901,
}
