using System.Collections.Generic;

namespace Hbd.Daemon.Doctor;

/// <summary>How bad a finding is. The order is that of the exit codes.</summary>
internal enum FindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>Works, and will not when one more thing fails.</summary>
    Warning,

    /// <summary>Does not work now, or would not in a failover.</summary>
    Error,
}

/// <summary>Numbers of findings: 1xx files, 2xx links, 3xx fencing and third votes, 4xx programs, 5xx machine and daemon, 6xx groups. Never used twice.</summary>
internal enum FindingId
{
    ConfigUnusable = 101,
    ConfigWarning = 102,
    NotAMember = 103,
    ConfigNotInUse = 104,
    ConfigDiffersFromPeer = 105,
    ConfigOpenToOthers = 106,
    KeysUnusable = 110,
    KeysWarning = 111,

    OneLink = 201,
    OneInterface = 202,
    NoInterface = 203,
    SerialDevice = 204,
    SerialConsole = 205,
    LinkDown = 206,
    PeerSilent = 207,
    DeadtimeShort = 210,

    DeviceUnusable = 301,
    DeviceTestFailed = 302,
    DeviceUntested = 303,
    DeviceNeverTested = 304,
    StorageWithoutProof = 305,
    WitnessWithoutWatchdog = 310,
    WatchdogMissing = 311,
    SelfFenced = 312,
    OnePingNode = 320,
    VoteSilent = 321,

    AgentUnusable = 401,
    AlertUnusable = 402,

    DaemonNotRunning = 501,
    DaemonNotAsked = 502,
    NotRealTime = 503,
    MemoryNotLocked = 504,
    LoopLate = 505,
    UnitNotEnabled = 511,
    StateDirectory = 512,
    StateDirectoryVolatile = 513,
    ClockNotSynchronised = 514,
    ClocksDiffer = 515,

    GroupNotRunning = 601,
}

/// <param name="Text">What is so.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Finding(FindingId Id, FindingSeverity Severity, string Text, string Remedy);

/// <summary>What <c>hbctl doctor --json</c> prints. Names and meanings are stable within a major version; fields may be added.</summary>
internal sealed record DoctorDocument
{
    /// <summary><c>running</c>, <c>not running</c>, or <c>not asked</c>: this user may not.</summary>
    public required string Daemon { get; init; }

    /// <summary><c>error</c>, <c>warning</c>, <c>note</c>, or null: nothing was found.</summary>
    public required string? Worst { get; init; }

    public required IReadOnlyList<FindingDocument> Findings { get; init; }
}

/// <param name="Id">The number with a D before it: <c>D201</c>.</param>
internal sealed record FindingDocument(string Id, string Severity, string Text, string Remedy);
