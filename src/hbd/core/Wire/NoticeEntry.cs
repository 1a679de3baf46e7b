using Hbd.Core.Resources;

namespace Hbd.Core.Wire;

/// <summary>
/// What a node says of its instance of one promotable resource with notify, and of the notices that go between the nodes about it. Nine
/// bytes on the wire.
/// </summary>
/// <param name="Id">Of the resource's name.</param>
/// <param name="State">Of the sender's instance.</param>
/// <param name="Told">Number of the notice that the sender wants its peer's agent to be told; 0: none.</param>
/// <param name="Heard">Number of the receiver's notice that the sender is done with; 0: none yet in this session.</param>
/// <param name="Post">Of <paramref name="Told"/>: after the operation; otherwise before it.</param>
/// <param name="Operation">Of <paramref name="Told"/>: start, stop, promote or demote, at the sender.</param>
public readonly record struct NoticeEntry(uint Id, InstanceWord State, ushort Told, ushort Heard, bool Post, AgentAction Operation)
{
    public const int Bytes = 9;

    /// <summary>Bits of the fifth byte that are sent as zero; one is malformed.</summary>
    public const int Unused = 0xE0;

    public byte Bits => (byte)((int)State | (Post ? 4 : 0) | (Operation switch
    {
        AgentAction.Start => 0,
        AgentAction.Stop => 1,
        AgentAction.Promote => 2,
        _ => 3,
    } << 3));

    public static NoticeEntry From(uint id, byte bits, ushort told, ushort heard) =>
        new(id, (InstanceWord)(bits & 3), told, heard, (bits & 4) != 0, ((bits >> 3) & 3) switch
        {
            0 => AgentAction.Start,
            1 => AgentAction.Stop,
            2 => AgentAction.Promote,
            _ => AgentAction.Demote,
        });
}

/// <summary>An instance, in the words of the wire.</summary>
public enum InstanceWord : byte
{
    /// <summary>It was not looked at yet.</summary>
    Unknown = 0,

    /// <summary>Also while it is being started.</summary>
    NotRunning = 1,

    /// <summary>It runs and is not promoted, as far as its node has done.</summary>
    Running = 2,

    Promoted = 3,
}
