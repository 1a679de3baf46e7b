using System;
using System.Collections.Generic;
using System.Net;

namespace Hbd.Daemon.Conversion;

/// <summary>An address of this machine.</summary>
internal sealed record OwnAddress(string Interface, IPAddress Address, int PrefixLength);

/// <summary>What the converter asks about the machine it runs on; tests give answers of their own.</summary>
internal sealed record ConvertEnvironment
{
    /// <summary><c>uname -n</c> in lower case; null: not asked.</summary>
    public string? NodeName { get; init; }

    public IReadOnlyList<OwnAddress> Addresses { get; init; } = [];

    /// <summary>Text of /etc/hosts.</summary>
    public string Hosts { get; init; } = "";

    /// <summary>From <c>--ucast</c>: node and address, several for one node if there are several links.</summary>
    public IReadOnlyList<(string Node, IPAddress Address)> Given { get; init; } = [];

    /// <summary>Names of the parameters of an installed plugin in their order, or null.</summary>
    public Func<string, IReadOnlyList<string>?> ParameterNames { get; init; } = _ => null;

    /// <summary>Text of the file that a stonith line names, or null.</summary>
    public Func<string, string?> ParameterFile { get; init; } = _ => null;

    /// <summary>A secret nobody knows.</summary>
    public required Func<string> NewSecret { get; init; }

    /// <summary>Where the result will stand, for the paths of secrets.</summary>
    public string Directory { get; init; } = "/etc/hbd";
}
