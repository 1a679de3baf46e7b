using Hbd.Core.Diagnostics;
using Hbd.Core.Resources;

namespace Hbd.Core.Recording;

/// <summary>One action: its kind, which fields are not zero, and those. The same rule for new fields as for events.</summary>
internal static class ActionImage
{
    public static void Write(ref ByteWriter writer, in ClusterAction a)
    {
        int mask = (a.ActionId != 0 ? 1 : 0) | (a.Group != 0 ? 2 : 0) | (a.Resource != 0 ? 4 : 0) | (a.Agent != 0 ? 8 : 0)
            | (a.Level != 0 ? 16 : 0) | (a.Recurring ? 32 : 0) | (a.Message != 0 ? 64 : 0) | (a.Link != 0 ? 128 : 0)
            | (a.A != 0 ? 256 : 0) | (a.B != 0 ? 512 : 0) | (a.Refused ? 1_024 : 0);
        writer.Byte((byte)a.Kind);
        writer.Number((ulong)mask);
        Field(ref writer, mask & 1, a.ActionId);
        Field(ref writer, mask & 2, a.Group);
        Field(ref writer, mask & 4, a.Resource);
        Field(ref writer, mask & 8, (long)a.Agent);
        Field(ref writer, mask & 16, a.Level);
        Field(ref writer, mask & 64, (long)a.Message);
        Field(ref writer, mask & 128, a.Link);
        Field(ref writer, mask & 256, a.A);
        Field(ref writer, mask & 512, a.B);
    }

    public static ClusterAction Read(ref ByteReader reader)
    {
        ClusterActionKind kind = (ClusterActionKind)reader.Byte();
        int mask = reader.Below(2_047);
        return new ClusterAction
        {
            Kind = kind,
            ActionId = (mask & 1) != 0 ? unchecked((uint)reader.Signed()) : 0,
            Group = Int(ref reader, mask & 2),
            Resource = Int(ref reader, mask & 4),
            Agent = (AgentAction)Int(ref reader, mask & 8),
            Level = Int(ref reader, mask & 16),
            Recurring = (mask & 32) != 0,
            Message = (MessageId)Int(ref reader, mask & 64),
            Link = Int(ref reader, mask & 128),
            A = (mask & 256) != 0 ? reader.Signed() : 0,
            B = (mask & 512) != 0 ? reader.Signed() : 0,
            Refused = (mask & 1_024) != 0,
        };
    }

    private static void Field(ref ByteWriter writer, int present, long value)
    {
        if (present != 0)
        {
            writer.Signed(value);
        }
    }

    private static int Int(ref ByteReader reader, int present) => present != 0 ? reader.Int() : 0;
}
