using System;
using System.Text;
using Hbd.Core.Wire;

namespace Hbd.Core.Comparing;

/// <summary>A part of a configuration that is compared as a whole: a setting, a link, a device, a group, a resource.</summary>
public sealed class ComparedItem
{
    /// <param name="kind">Any number that both nodes give to parts of this kind.</param>
    /// <param name="name">Unique among its kind.</param>
    /// <param name="label">How this node speaks of it.</param>
    /// <param name="text">Everything that is compared. It never travels.</param>
    public ComparedItem(byte kind, string name, string label, byte[] text)
    {
        ArgumentNullException.ThrowIfNull(name);
        Kind = kind;
        Name = Encoding.UTF8.GetBytes(name);
        Label = label;
        Text = text;
        Id = WireId.Of(name);
    }

    public byte Kind { get; }

    /// <summary>In UTF-8.</summary>
    public byte[] Name { get; }

    public string Label { get; }

    public byte[] Text { get; }

    /// <summary>Of the whole name, however short it is cut on its way.</summary>
    public uint Id { get; }

    internal ulong Key => ((ulong)Kind << 32) | Id;
}

/// <summary>What the other node says of one of its items.</summary>
/// <param name="Digest">Made with the key that signs the frame, so that nobody without a key can try values against it.</param>
/// <param name="Name">As much of it as the frame had room for.</param>
public readonly record struct ComparedEntry(byte Kind, uint Id, uint Digest, string Name)
{
    /// <summary>Without the name.</summary>
    public const int HeadBytes = 10;

    /// <summary>Longer names are cut.</summary>
    public const int NameBytesMax = 64;

    internal ulong Key => ((ulong)Kind << 32) | Id;
}

/// <summary>Where an item is another one.</summary>
public enum ComparedPlace
{
    Differs,
    OnlyHere,
    OnlyThere,
}

/// <param name="Label">In the words of this node, or the name that the other one gives.</param>
public sealed record ComparedDifference(ComparedPlace Place, byte Kind, string Label);
