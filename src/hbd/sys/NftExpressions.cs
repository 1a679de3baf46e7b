using System;

namespace Hbd.Sys;

/// <summary>The expressions that rules of nf_tables are made of here. All of them work on register 1.</summary>
internal static class NftExpressions
{
    public static int Expression(NftWriter writer, string name, out int data)
    {
        int element = writer.Open(Libc.NFTA_LIST_ELEM);
        writer.Text(Libc.NFTA_EXPR_NAME, name);
        data = writer.Open(Libc.NFTA_EXPR_DATA);
        return element;
    }

    public static void Meta(NftWriter writer, uint key)
    {
        int element = Expression(writer, "meta", out int data);
        writer.Number(Libc.NFTA_META_DREG, Libc.NFT_REG_1);
        writer.Number(Libc.NFTA_META_KEY, key);
        writer.Close(data);
        writer.Close(element);
    }

    public static void Payload(NftWriter writer, uint header, uint offset, uint length)
    {
        int element = Expression(writer, "payload", out int data);
        writer.Number(Libc.NFTA_PAYLOAD_DREG, Libc.NFT_REG_1);
        writer.Number(Libc.NFTA_PAYLOAD_BASE, header);
        writer.Number(Libc.NFTA_PAYLOAD_OFFSET, offset);
        writer.Number(Libc.NFTA_PAYLOAD_LEN, length);
        writer.Close(data);
        writer.Close(element);
    }

    public static void Compare(NftWriter writer, scoped ReadOnlySpan<byte> value, bool differs = false)
    {
        int element = Expression(writer, "cmp", out int data);
        writer.Number(Libc.NFTA_CMP_SREG, Libc.NFT_REG_1);
        writer.Number(Libc.NFTA_CMP_OP, differs ? Libc.NFT_CMP_NEQ : Libc.NFT_CMP_EQ);
        int nested = writer.Open(Libc.NFTA_CMP_DATA);
        writer.Value(Libc.NFTA_DATA_VALUE, value);
        writer.Close(nested);
        writer.Close(data);
        writer.Close(element);
    }

    /// <summary>The rule goes on if what is in the register is in the set, or is not.</summary>
    public static void Lookup(NftWriter writer, string set, bool absent)
    {
        int element = Expression(writer, "lookup", out int data);
        writer.Text(Libc.NFTA_LOOKUP_SET, set);
        writer.Number(Libc.NFTA_LOOKUP_SREG, Libc.NFT_REG_1);
        if (absent)
        {
            writer.Number(Libc.NFTA_LOOKUP_FLAGS, Libc.NFT_LOOKUP_F_INV);
        }

        writer.Close(data);
        writer.Close(element);
    }

    public static void Drop(NftWriter writer)
    {
        int element = Expression(writer, "immediate", out int data);
        writer.Number(Libc.NFTA_IMMEDIATE_DREG, Libc.NFT_REG_VERDICT);
        int value = writer.Open(Libc.NFTA_IMMEDIATE_DATA);
        int verdict = writer.Open(Libc.NFTA_DATA_VERDICT);
        writer.Number(Libc.NFTA_VERDICT_CODE, 0 /* NF_DROP */);
        writer.Close(verdict);
        writer.Close(value);
        writer.Close(data);
        writer.Close(element);
    }
}
