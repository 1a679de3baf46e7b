using System;
using System.Security.Cryptography;
using Hbd.Core;
using Hbd.Core.Wire;
using Hbd.Core.Witness;
using Hbd.Daemon.Cli;
using Hbd.Sys;

namespace Hbd.Daemon.Witness;

/// <summary><c>hbd witness --format</c>: makes a disk the witness of a cluster. Writes only after it has looked, and been told to.</summary>
internal sealed class DiskFormatter(DiskFormatOptions options)
{
    /// <summary>Where file systems, partition tables and volume managers leave their mark.</summary>
    private const int LookedAt = 128 * 1024;

    public int Run()
    {
        using SharedDisk? disk = SharedDisk.Open(options.Device, LookedAt, exclusive: true, out Errno error);
        string? wrong = error.IsError ? DiskText.Of(error) : DiskText.Unfit(disk!) ?? Occupied(disk!);
        if (wrong is not null)
        {
            return Fail(wrong);
        }

        if (!options.Yes && !IsSure())
        {
            return ExitCode.Failed;
        }

        DiskHeader header = new(
            WireId.Of(options.Cluster), RandomFormat(), options.Lease, DiskLayout.SecondCopy(disk!.Size));
        error = Write(disk, header);
        if (error.IsError)
        {
            return Fail("write: " + error);
        }

        Console.WriteLine(options.Device + ": witness disk of cluster " + options.Cluster + ", lease " + options.Lease + ", "
            + (DiskLayout.Copies * DiskLayout.CopyBytes / 1024) + " KiB of " + (disk.Size / 1024) + " KiB used, the second copy from byte " + header.Second + " on");
        if (!disk.IsDirect)
        {
            Console.Error.WriteLine("hbd witness: warning: " + options.Device + ": " + DiskText.NotDirect);
        }

        return ExitCode.Ok;
    }

    /// <summary>Everything is read back: a disk that lies about its first write is none.</summary>
    private static Errno Write(SharedDisk disk, in DiskHeader header)
    {
        byte[] slot = new byte[DiskLayout.SlotBytes];
        for (int part = 0; part < DiskFormat.Parts; part++)
        {
            long at = DiskFormat.Part(header, part, slot);
            slot.CopyTo(disk.Buffer);
            Errno error = disk.Write(at, slot.Length);
            disk.Buffer[..slot.Length].Clear();
            error = error.IsError ? error : disk.Read(at, slot.Length);
            if (error.IsError || !disk.Buffer[..slot.Length].SequenceEqual(slot))
            {
                return error.IsError ? error : new Errno(Errno.EIO);
            }
        }

        return Errno.None;
    }

    private static uint RandomFormat()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt32(bytes);
    }

    /// <summary>Null, or what stands there already.</summary>
    private string? Occupied(SharedDisk disk)
    {
        Errno error = disk.Read(0, LookedAt);
        if (error.IsError)
        {
            return "read: " + error;
        }

        if (options.Force)
        {
            return null;
        }

        if (DiskHeader.TryRead(disk.Buffer, out DiskHeader header))
        {
            return header.Cluster == WireId.Of(options.Cluster) ? null
                : "is the witness disk of another cluster; expected an empty disk, or --force to take it from that one";
        }

        return disk.Buffer.IndexOfAnyExcept((byte)0) < 0 ? null
            : "holds data, perhaps a file system or a partition table; expected an empty disk, or --force to destroy what it holds";
    }

    private bool IsSure()
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine("hbd witness: this is no terminal; say --yes to format without a question.");
            return false;
        }

        Console.Error.WriteLine("Formatting " + options.Device + " destroys what it holds. hbd must not run on either node meanwhile.");
        Console.Error.Write("Type the name of the device to go on: ");
        bool sure = string.Equals(Console.In.ReadLine()?.Trim(), options.Device, StringComparison.Ordinal);
        if (!sure)
        {
            Console.Error.WriteLine("nothing was done.");
        }

        return sure;
    }

    private int Fail(string what)
    {
        Console.Error.WriteLine("hbd witness: " + options.Device + ": " + what);
        return ExitCode.Failed;
    }
}

/// <summary>What to format, for whom.</summary>
internal sealed record DiskFormatOptions(string Device, string Cluster, Duration Lease, bool Yes, bool Force);
