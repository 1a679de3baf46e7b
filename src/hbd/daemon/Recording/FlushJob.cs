using System;
using System.IO;
using Hbd.Core.Recording;
using Hbd.Daemon.Workers;

namespace Hbd.Daemon.Recording;

/// <summary>Brings records from the window into the ring, on a worker.</summary>
internal sealed class FlushJob(RecorderWindow window, RecorderFile file, uint generation) : IWork
{
    public RecorderMark From { get; set; }

    public RecorderMark To { get; set; }

    /// <summary>They must survive a power cut.</summary>
    public bool Sync { get; set; }

    /// <summary>Null when it worked.</summary>
    public string? Problem { get; private set; }

    public void Execute()
    {
        Problem = null;
        try
        {
            int bytes = (int)(To.Position - From.Position);
            window.CopyTo(From.Position, file.Payload(bytes));
            file.Append(
                new ChunkHeader(ChunkKind.Records, bytes, 0, generation, From.Position, From.Entry, From.TimeNs, From.WallOffsetNs), Sync);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = e.Message;
        }
    }
}
