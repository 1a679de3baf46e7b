using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Hbd.Daemon.Agents.Plugins;
using Hbd.Plugin;
using Hbd.Plugins.Stonith.Shared;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <summary>
/// <c>hbd stonith exec FILE ACTION NODE PLUG</c>: one action of a fencing driver in a shared object. Parameters are read from
/// standard input: names and values, each with a zero byte behind it.
/// </summary>
internal static unsafe class StonithExec
{
    public const string Usage = "usage: hbd stonith exec FILE off|on|reboot|status|monitor|list|validate-all|meta-data NODE PLUG < parameters";

    private const int InputBytes = 64 * 1024;
    private const long TimeoutNs = 60_000_000_000;

    public static int Run(ReadOnlySpan<string> args)
    {
        int action = args.Length is 2 or 4 ? SharedStonith.ActionOf(args[1]) : -1;
        if (action < 0)
        {
            Console.Error.WriteLine(Usage);
            return 1;
        }

        string path = Path.GetFullPath(args[0]);
        if (Load(path, out string problem) is var table && table == null)
        {
            Console.Error.WriteLine(problem);
            return SharedStonith.ExitBase + StonithAbi.HBD_STONITH_NOT_CONFIGURED;
        }

        if (args[1] == "meta-data")
        {
            Console.Out.WriteLine(Marshal.PtrToStringUTF8((nint)table->meta_data()));
            return 0;
        }

        int code = Call(table, action, args.Length == 4 ? args[2] : "", args.Length == 4 ? args[3] : "");
        return code == 0 ? 0 : code is > 0 and <= StonithAbi.HBD_STONITH_NOT_CONFIGURED ? SharedStonith.ExitBase + code : 1;
    }

    /// <summary>Names and values from what standard input held; a last one without its zero byte does not count.</summary>
    public static List<KeyValuePair<string, string>> Parameters(ReadOnlySpan<byte> input)
    {
        List<KeyValuePair<string, string>> parameters = [];
        while (TryTake(ref input, out string name) && TryTake(ref input, out string value))
        {
            parameters.Add(new(name, value));
        }

        return parameters;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> input, out string text)
    {
        int end = input.IndexOf((byte)0);
        text = end < 0 ? "" : Encoding.UTF8.GetString(input[..end]);
        input = end < 0 ? default : input[(end + 1)..];
        return end >= 0;
    }

    private static hbd_stonith* Load(string path, out string problem)
    {
        problem = SharedObject.Problem(path, out _) ?? ElfFile.LoadProblem(path) ?? "";
        if (problem.Length > 0 || SharedObject.Open(path, out problem) is not { } file)
        {
            return null;
        }

        nint entry = file.Find(StonithAbi.Symbol);
        if (entry == 0)
        {
            problem = path + " has no symbol " + StonithAbi.Symbol + ": it is no fencing driver of hbd";
            return null;
        }

        hbd_stonith* table = ((delegate* unmanaged[Cdecl]<hbd_stonith*>)entry)();
        if (table == null || table->version != StonithAbi.HBD_STONITH_VERSION || table->size < sizeof(hbd_stonith)
            || table->run == null || table->meta_data == null)
        {
            problem = path + (table != null && table->version != StonithAbi.HBD_STONITH_VERSION
                ? " was built for version " + table->version + " of the fencing interface; this hbd speaks version "
                    + StonithAbi.HBD_STONITH_VERSION
                : ": its table is not that of version 1");
            return null;
        }

        return table;
    }

    private static int Call(hbd_stonith* table, int action, string node, string plug)
    {
        byte[] input = new byte[InputBytes];
        using Stream standardInput = Console.OpenStandardInput();
        int length = standardInput.ReadAtLeast(input, InputBytes, throwOnEndOfStream: false);
        List<KeyValuePair<string, string>> parameters = Parameters(input.AsSpan(0, length));
        hbd_stonith_parameter[] list = new hbd_stonith_parameter[parameters.Count + 1];
        for (int i = 0; i < parameters.Count; i++)
        {
            list[i].name = Text(parameters[i].Key);
            list[i].value = Text(parameters[i].Value);
        }

        fixed (hbd_stonith_parameter* first = list)
        {
            hbd_stonith_request request = new()
            {
                version = StonithAbi.HBD_STONITH_VERSION,
                size = (uint)sizeof(hbd_stonith_request),
                action = (uint)action,
                parameter_count = (uint)parameters.Count,
                node = Text(node),
                plug = Text(plug.Length > 0 ? plug : node),
                parameters = first,
                deadline_ns = MonotonicClock.NowNs() + TimeoutNs,
            };
            hbd_stonith_reply reply = new()
            {
                version = StonithAbi.HBD_STONITH_VERSION,
                size = (uint)sizeof(hbd_stonith_reply),
                output = &OnOutput,
                reason = &OnReason,
            };
            return table->run(&request, &reply);
        }
    }

    /// <summary>For as long as this short-lived process is there.</summary>
    private static byte* Text(string text) => (byte*)Marshal.StringToCoTaskMemUTF8(text);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnOutput(void* context, byte* bytes, nuint length)
    {
        using Stream output = Console.OpenStandardOutput();
        output.Write(new ReadOnlySpan<byte>(bytes, (int)Math.Min(length, int.MaxValue)));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnReason(void* context, byte* text) => Console.Error.WriteLine(Marshal.PtrToStringUTF8((nint)text));
}
