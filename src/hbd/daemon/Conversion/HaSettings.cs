using System.Collections.Generic;
using Hbd.Core;

namespace Hbd.Daemon.Conversion;

/// <summary>One medium of ha.cf, or one line of a pair of ucast lines.</summary>
/// <param name="Kind"><c>mcast</c>, <c>bcast</c>, <c>ucast</c> or <c>serial</c>.</param>
/// <param name="Interface">Of a serial line the device.</param>
/// <param name="Address">Group or peer; empty for the others.</param>
/// <param name="Number">Port; of a serial line the speed.</param>
internal sealed record HaMedium(SourceLine Line, string Kind, string Interface, string Address, int Number, int Ttl);

/// <param name="From">The node that uses the device, or <c>*</c>.</param>
/// <param name="Values">The values in the order of the plugin's names, as text.</param>
internal sealed record HaStonith(SourceLine Line, string From, string Type, string Values);

/// <param name="Node">Lower-case.</param>
internal sealed record HaGroup(SourceLine Line, string Node, IReadOnlyList<string> Resources);

/// <param name="Name">Of a ping_group; null for a single address.</param>
internal sealed record HaPing(SourceLine Line, string? Name, IReadOnlyList<string> Addresses);

/// <summary>What ha.cf says, as far as hbd has a word for it.</summary>
internal sealed class HaSettings
{
    public List<string> Nodes { get; } = [];

    public string? Cluster { get; set; }

    /// <summary>keepalive, warntime, deadtime, initdead, deadping, by name.</summary>
    public Dictionary<string, (Duration Time, SourceLine Line)> Times { get; } = [];

    public bool AutoFailback { get; set; }

    public bool AutoFailbackGiven { get; set; }

    public string? Watchdog { get; set; }

    public List<HaMedium> Media { get; } = [];

    public List<HaPing> Ping { get; } = [];

    public bool Ipfail { get; set; }

    /// <summary>User, program and arguments.</summary>
    public List<IReadOnlyList<string>> Respawn { get; } = [];

    public List<HaStonith> Stonith { get; } = [];
}
