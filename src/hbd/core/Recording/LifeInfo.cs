using System;
using System.Collections.Generic;
using Hbd.Core.Modes;

namespace Hbd.Core.Recording;

/// <summary>What a life of the daemon began with: all that a core is made of, beside the configuration itself.</summary>
public sealed record LifeInfo
{
    private const int VersionChars = 64;
    private const int ModesMax = 128;
    private const int ModeBytesMax = 24;

    public required string Version { get; init; }

    /// <summary>Number of the node in the configuration.</summary>
    public required int Self { get; init; }

    public required uint Generation { get; init; }

    public required ulong Entropy { get; init; }

    public required bool Inherits { get; init; }

    /// <summary>What the life before this one handed over when it was renewed in place (<see cref="HandoverCodec"/>); empty: nothing.</summary>
    public byte[] Handover { get; init; } = [];

    /// <summary>When the core was made.</summary>
    public required Instant Made { get; init; }

    /// <summary>The wall clock at that moment, in nanoseconds since 1970.</summary>
    public required long WallNs { get; init; }

    /// <summary>Of hbd.toml; 0: too long to be kept, and the life cannot be replayed.</summary>
    public required int ConfigBytes { get; init; }

    /// <summary>Maintenance and moves that an earlier life kept; with more than the record holds the life cannot be replayed to the end.</summary>
    public IReadOnlyList<ModeRecord> Modes { get; init; } = [];

    public byte[] Write()
    {
        byte[] buffer = new byte[(VersionChars * 4) + 128 + Handover.Length + (ModesMax * ModeBytesMax)];
        ByteWriter writer = new(buffer);
        writer.Text(Version, VersionChars);
        writer.Number((ulong)Self);
        writer.Number(Generation);
        writer.Fixed(Entropy);
        writer.Number(Inherits ? 1UL : 0);
        writer.Signed(Made.Nanoseconds);
        writer.Signed(WallNs);
        writer.Number((ulong)ConfigBytes);
        writer.Number((ulong)Handover.Length);
        writer.Bytes(Handover);
        int modes = Math.Min(Modes.Count, ModesMax);
        writer.Number((ulong)modes);
        for (int i = 0; i < modes; i++)
        {
            ModeRecord mode = Modes[i];
            writer.Byte((byte)mode.Kind);
            writer.Number(mode.Subject);
            writer.Number(mode.Version);
            writer.Byte(mode.Value);
            writer.Signed(mode.Left.Nanoseconds);
        }

        return buffer[..writer.Length];
    }

    /// <summary>Null when these bytes are none.</summary>
    public static LifeInfo? Read(ReadOnlySpan<byte> bytes)
    {
        ByteReader reader = new(bytes);
        LifeInfo life = new()
        {
            Version = reader.Text(VersionChars),
            Self = reader.Below(1),
            Generation = reader.Word(),
            Entropy = reader.Fixed(),
            Inherits = reader.Below(1) == 1,
            Made = new Instant(reader.Signed()),
            WallNs = reader.Signed(),
            ConfigBytes = reader.Below(Limits.ConfigBytes),
            Handover = reader.Bytes(reader.Below(HandoverCodec.BytesMax)).ToArray(),
            Modes = ReadModes(ref reader),
        };
        return reader.Broken || life.Generation == 0 ? null : life;
    }

    private static List<ModeRecord> ReadModes(ref ByteReader reader)
    {
        List<ModeRecord> modes = [];

        // A recording of before there were any ends here.
        int count = reader.AtEnd ? 0 : reader.Below(ModesMax);
        for (int i = 0; i < count && !reader.Broken; i++)
        {
            modes.Add(new ModeRecord((ModeKind)Math.Min(reader.Byte(), (byte)2), reader.Word(), reader.Word(), (byte)(reader.Byte() & 3), new Duration(reader.Signed())));
        }

        return modes;
    }
}
