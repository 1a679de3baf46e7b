using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Witness;

namespace Hbd.Sim;

/// <summary>One node of an <see cref="ArbiterRun"/>: a clock, an arbiter while the daemon runs, and what a core would know of each group.</summary>
internal sealed class ArbiterNode(int number, int groups, SimClock clock)
{
    public int Number => number;

    public SimClock Clock { get; set; } = clock;

    public uint Generation { get; set; }

    /// <summary>Null while the daemon is not running.</summary>
    public DiskArbiter? Arbiter { get; set; }

    public bool Suspended { get; set; }

    /// <summary>Since when it is, on the world's clock.</summary>
    public long SleptNs { get; set; }

    /// <summary>The read or write under way, also of a daemon that is gone; null: none.</summary>
    public Pending? UnderWay { get; set; }

    /// <summary>For whatever is read: there is one read at a time.</summary>
    public byte[] ReadBuffer { get; } = new byte[DiskLayout.RegionBytes];

    public bool PathLost { get; set; }

    /// <summary>On the world's clock; until then the disk takes no write of this node and says so, as with a reservation. It still reads.</summary>
    public long WritesFailUntilNs { get; set; }

    /// <summary>When the rounds began whose answers count.</summary>
    public Dictionary<ulong, Instant> Rounds { get; } = [];

    public GroupView[] Groups { get; } = Make(groups);

    private static GroupView[] Make(int groups)
    {
        GroupView[] views = new GroupView[groups];
        for (int i = 0; i < groups; i++)
        {
            views[i] = new GroupView();
        }

        return views;
    }

    /// <summary>What this node knows of a group, and its lease as the world sees it.</summary>
    internal sealed class GroupView
    {
        public bool Wanted { get; set; } = true;

        public bool Mine { get; set; }

        public uint Epoch { get; set; }

        /// <summary>Generation of the other that handed this epoch over; 0: none did.</summary>
        public uint HandedBy { get; set; }

        /// <summary>Answers for this epoch or an earlier one come too late: it was given away.</summary>
        public uint Given { get; set; }

        /// <summary>On the world's clock; until then the group may run here, whatever became of the daemon.</summary>
        public long LeaseEndsNs { get; set; }

        public uint Asks => Mine ? Epoch : Epoch + 1;
    }

    /// <summary>A read or write under way.</summary>
    internal sealed class Pending(DiskOperation operation, byte[] data, DiskArbiter owner)
    {
        public DiskOperation Operation => operation;

        public byte[] Data => data;

        /// <summary>Who began it.</summary>
        public DiskArbiter Owner => owner;

        public bool Done { get; set; }
    }
}
