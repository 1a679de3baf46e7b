using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Hbd.Sys;

/// <summary>Becomes another program, with the same process id and the same standard streams.</summary>
public static unsafe class ProcessImage
{
    /// <summary>Does not return when it succeeds.</summary>
    public static Errno Replace(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        byte[][] texts = new byte[arguments.Count + environment.Count + 1][];
        GCHandle[] pins = new GCHandle[texts.Length];
        nint[] vectors = new nint[arguments.Count + environment.Count + 2];
        for (int i = 0; i < texts.Length; i++)
        {
            string text = i < arguments.Count ? arguments[i] : i < texts.Length - 1 ? environment[i - arguments.Count] : path;
            texts[i] = Encoding.UTF8.GetBytes(text + "\0");
            pins[i] = GCHandle.Alloc(texts[i], GCHandleType.Pinned);
            if (i < texts.Length - 1)
            {
                vectors[i < arguments.Count ? i : i + 1] = pins[i].AddrOfPinnedObject();
            }
        }

        fixed (nint* vector = vectors)
        {
            _ = Libc.execve(
                (byte*)pins[^1].AddrOfPinnedObject(), (byte**)vector, (byte**)(vector + arguments.Count + 1));
        }

        Errno error = Errno.Last;
        foreach (GCHandle pin in pins)
        {
            pin.Free();
        }

        return error;
    }
}
