using System;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Fencing;

/// <summary>Writes the state file on a worker: an fsync may take seconds.</summary>
internal sealed class FenceStateJob(string path) : IWork
{
    private byte[] _content = [];

    /// <summary>Null when it is on the disk.</summary>
    public string? Problem { get; private set; }

    public void Set(byte[] content) => _content = content;

    public void Execute()
    {
        try
        {
            Errno error = StateFile.Replace(path, _content, out string call);
            Problem = error.IsError ? path + ": " + call + ": " + error.Text : null;
        }
        catch (Exception e)
        {
            Problem = path + ": " + e.Message;
        }
    }
}
