using System.Collections.Generic;

namespace Hbd.Core.Config;

/// <summary>One device that can fence one node. A section with host "*" becomes two of these.</summary>
public sealed record StonithConfig
{
    /// <summary>Unique over the configuration, one word.</summary>
    public required string Name { get; init; }

    /// <summary>Number of the node it fences.</summary>
    public required int Node { get; init; }

    /// <summary>
    /// 1 to 9. All devices of a level must succeed; the next level is tried after one of them failed.
    /// </summary>
    public required int Level { get; init; }

    public required StonithKind Kind { get; init; }

    /// <summary>The program or native type without its class: <c>fence_ipmilan</c>, <c>ipmi</c>, <c>apcmaster</c>.</summary>
    public required string Type { get; init; }

    /// <summary>As written in the file: <c>external/ipmi</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>Named parameters in the order of the file.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; }

    /// <summary>Parameters whose values stand in files: name and path.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Secrets { get; init; }

    /// <summary>What the device calls the node: outlet, blade, domain. Null: by the node's name.</summary>
    public required string? Plug { get; init; }

    public required StonithMethod Method { get; init; }

    /// <summary>Ask the device after an off. Null: where it can say.</summary>
    public required bool? Verify { get; init; }

    public required Duration Delay { get; init; }

    /// <summary>Upper bound of what chance adds to the delay.</summary>
    public required Duration DelayRandom { get; init; }

    /// <summary>Added while the node to be shot holds resources, so that it wins a race.</summary>
    public required Duration DelayHolder { get; init; }

    /// <summary>Of one command to the device.</summary>
    public required Duration Timeout { get; init; }

    /// <summary>Further attempts after the first.</summary>
    public required int Retries { get; init; }

    /// <summary>Zero: not tested on a timer.</summary>
    public required Duration SelfTest { get; init; }

    /// <summary>The administrator takes the word of a device that cannot know.</summary>
    public required bool Unsafe { get; init; }

    /// <summary>
    /// A yes of this device says that a command went out, not that the node is off: a pulse on a wire, a UPS that was
    /// told to cycle and is not asked afterwards, nothing at all.
    /// </summary>
    public bool ProvesNothing => Kind is StonithKind.Null or StonithKind.RcdSerial
        || (Kind == StonithKind.Glue && (Type is "null" or "suicide"))
        || (Kind is (StonithKind.Nut or StonithKind.Plugin) && (Method == StonithMethod.Cycle || Verify == false));

    /// <summary>So many fencings within <see cref="BrakeWithin"/> leave the node off. Zero: no brake.</summary>
    public required int BrakeCount { get; init; }

    public required Duration BrakeWithin { get; init; }
}
