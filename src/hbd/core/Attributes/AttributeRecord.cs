using System.Text;
using Hbd.Core.Wire;

namespace Hbd.Core.Attributes;

/// <summary>What kind of attribute it is. Part of the wire (two bits): numbers are fixed.</summary>
public enum AttributeShelf : byte
{
    /// <summary>Of a node, until its boot ends.</summary>
    Status = 0,

    /// <summary>Of a node or of the whole cluster, for good.</summary>
    Lasting = 1,

    /// <summary>The same, and a utilization.</summary>
    Utilization = 2,
}

/// <summary>Which attribute is meant.</summary>
/// <param name="Subject">The node it is about; <see cref="Owner.Unknown"/>: the whole cluster.</param>
public readonly record struct AttributeKey(Owner Subject, AttributeShelf Shelf, string Name)
{
    /// <summary>The order of the table, which means nothing else: below zero, zero or above.</summary>
    public int Order(in AttributeKey other)
    {
        int place = (((int)Subject << 2) | (int)Shelf) - (((int)other.Subject << 2) | (int)other.Shelf);
        return place != 0 ? place : string.CompareOrdinal(Name, other.Name);
    }
}

/// <summary>One attribute as both nodes share it.</summary>
/// <param name="Version">From 1 to <see cref="Limits.Epoch"/>; of two the higher one holds.</param>
/// <param name="Value">Null: it is deleted.</param>
public sealed record AttributeRecord(AttributeKey Key, uint Version, string? Value)
{
    /// <summary>Name of an attribute that crosses to the peer, in UTF-8.</summary>
    public const int NameBytesMax = byte.MaxValue;

    /// <summary>Value of an attribute that crosses to the peer, in UTF-8.</summary>
    public const int ValueBytesMax = 512;

    /// <summary>
    /// A total order over the words that there may be on one attribute, so that both nodes end with the same one: the version, and for two
    /// words of one version the value; one that is there before one that is deleted.
    /// </summary>
    public bool IsNewerThan(AttributeRecord other) => Version != other.Version ? Version > other.Version
        : Value is not null && (other.Value is null || string.CompareOrdinal(Value, other.Value) > 0);

    /// <summary>Whether it is short and plain enough for a frame; what is not stays on the node that set it.</summary>
    public static bool Crosses(string name, string? value) => name.Length > 0 && IsPlain(name) && (value is null || IsPlain(value))
        && Encoding.UTF8.GetByteCount(name) <= NameBytesMax && (value is null || Encoding.UTF8.GetByteCount(value) <= ValueBytesMax);

    private static bool IsPlain(string text)
    {
        foreach (char c in text)
        {
            if (c < ' ' && c is not ('\n' or '\t'))
            {
                return false;
            }
        }

        return true;
    }
}
