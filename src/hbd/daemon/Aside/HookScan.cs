using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Hbd.Sys;

namespace Hbd.Daemon.Aside;

/// <summary>
/// Which programs a change is told to: the directory is read anew for each, on the side thread. What is not executable is no hook.
/// </summary>
internal sealed class HookScan(string directory, AsidePool pool, Action<IReadOnlyList<string>> found) : IAsideWork
{
    private const int ExecuteBits = 0x49; // 0111
    private readonly List<string> _files = [];
    private string _kind = "";

    public bool UnderWay { get; private set; }

    public void Begin(string kind)
    {
        _kind = kind;
        UnderWay = true;
        pool.Submit(this);
    }

    public void Execute()
    {
        _files.Clear();
        string single = Path.Combine(directory, _kind);
        Add(single);
        try
        {
            string[] files = Directory.Exists(single + ".d") ? Directory.GetFiles(single + ".d") : [];
            Array.Sort(files, StringComparer.Ordinal);
            Array.ForEach(files, Add);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone or not to be read: no hooks there.
        }
    }

    public void Done(long nowNs)
    {
        UnderWay = false;
        found(_files);
    }

    private void Add(string path)
    {
        if (File.Exists(path) && (FileOwner.Of(path).Mode & ExecuteBits) != 0)
        {
            _files.Add(path);
        }
    }
}
