using System;
using Hbd.Core.Witness;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Witness;

/// <summary>One thing to do with the disk, which may take for ever: opening it, or one read or write.</summary>
internal sealed class DiskJob(string path) : IWork, IDisposable
{
    private readonly byte[] _bytes = new byte[DiskLayout.RegionBytes];
    private SharedDisk? _disk;
    private DiskOperation? _operation;

    /// <summary>What was read, or is to be written.</summary>
    public Span<byte> Bytes => _bytes;

    /// <summary>The job was to open it.</summary>
    public bool Opened => _operation is null;

    public bool Ok { get; private set; }

    public DiskHeader Header { get; private set; }

    /// <summary>Null, or why it did not work.</summary>
    public string? Problem { get; private set; }

    /// <summary>Null, or what an administrator should know of it.</summary>
    public string? Note { get; private set; }

    /// <summary>The next job is to open it, anew if it is open.</summary>
    public void WantOpen() => _operation = null;

    /// <summary>The next job is this.</summary>
    public void Want(in DiskOperation operation) => _operation = operation;

    public void Execute()
    {
        if (_operation is { } operation)
        {
            Perform(operation);
        }
        else
        {
            _disk?.Dispose();
            _disk = SharedDisk.Open(path, DiskLayout.RegionBytes, exclusive: false, out Errno error);
            Problem = error.IsError ? DiskText.Of(error) : DiskText.Unfit(_disk!);
            Note = _disk is { IsDirect: false } ? DiskText.NotDirect : null;
            Problem ??= ReadHeader();
            Ok = Problem is null;
        }
    }

    public void Dispose() => _disk?.Dispose();

    private void Perform(in DiskOperation operation)
    {
        Span<byte> bytes = _bytes.AsSpan(0, operation.Length);
        Errno error;
        if (operation.IsWrite)
        {
            bytes.CopyTo(_disk!.Buffer);
            error = _disk.Write(operation.Offset, operation.Length);
        }
        else
        {
            error = _disk!.Read(operation.Offset, operation.Length);
            _disk.Buffer[..operation.Length].CopyTo(bytes);
        }

        Ok = !error.IsError;
        Problem = Ok ? null : (operation.IsWrite ? "write: " : "read: ") + error;
    }

    /// <summary>Either copy will do: the second one lies in the middle.</summary>
    private string? ReadHeader()
    {
        bool found = false;
        foreach (long at in (ReadOnlySpan<long>)[0, DiskLayout.SecondCopy(_disk!.Size)])
        {
            if (!found && !_disk.Read(at, DiskLayout.SlotBytes).IsError && DiskHeader.TryRead(_disk.Buffer, out DiskHeader header)
                && header.Second + DiskLayout.CopyBytes <= _disk.Size)
            {
                Header = header;
                found = true;
            }
        }

        return found ? null : "no header of a witness disk; expected one that hbd witness --format has made";
    }
}
