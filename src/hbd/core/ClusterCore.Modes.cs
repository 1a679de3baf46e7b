using System.Collections.Generic;
using Hbd.Core.Modes;

namespace Hbd.Core;

/// <content>Maintenance and moves: what survives a restart of the daemon.</content>
public sealed partial class ClusterCore
{
    /// <summary>Groups that a daemon which ends in maintenance leaves running.</summary>
    public int LeftRunning => _resources.CountLeftBehind();

    /// <summary>Takes back what was kept; once, before <see cref="Start"/>.</summary>
    public void LoadModes(IReadOnlyList<ModeRecord> records, Instant now) => _resources.LoadModes(records, now);

    /// <summary>What to keep after a SaveModes action.</summary>
    public IReadOnlyList<ModeRecord> ModeRecords() => _resources.Modes.Records(_lastNow);
}
