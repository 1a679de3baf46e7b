using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core.Attributes;
using Hbd.Core.Wire;
using Hbd.Daemon.Aside;
using Hbd.Daemon.Shims;
using Hbd.Sys;

namespace Hbd.Daemon.Attributes;

/// <summary>
/// The files from which the stand-ins for Pacemaker's tools answer, and what both nodes share: one is brought in line with the other aside,
/// for a file may be locked for a moment or lie on a slow disk. One such look at a time.
/// </summary>
internal sealed class AttributeFiles : IAsideWork
{
    private readonly AttributeFile[] _files;
    private readonly byte[][] _paths;
    private readonly FileStamp[] _seen;
    private readonly AsidePool _aside;
    private readonly Action<AttributeFiles> _done;
    private IReadOnlyList<AttributeRecord> _shared = [];
    private uint _clock;
    private bool _first = true;

    /// <param name="subjects">By number of the node.</param>
    /// <param name="done">On the loop, when <see cref="News"/> are there.</param>
    public AttributeFiles(
        IReadOnlyList<string> nodes, int self, Owner[] subjects, string transient, string persistent, AsidePool aside, Action<AttributeFiles> done)
    {
        int peer = 1 - self;
        _files =
        [
            new AttributeFile(transient, nodes[self], subjects[self], EndsWithBoot: true, ForgetsAtStart: false),
            new AttributeFile(transient, nodes[peer], subjects[peer], EndsWithBoot: true, ForgetsAtStart: true),
            new AttributeFile(persistent, nodes[self], subjects[self], EndsWithBoot: false, ForgetsAtStart: false),
            new AttributeFile(persistent, nodes[peer], subjects[peer], EndsWithBoot: false, ForgetsAtStart: false),
            new AttributeFile(persistent, AttributeStore.ClusterFile, Owner.Unknown, EndsWithBoot: false, ForgetsAtStart: false),
        ];
        _paths = Array.ConvertAll(_files, f => FileStamp.PathOf(f.Path));
        _seen = new FileStamp[_files.Length];
        _aside = aside;
        _done = done;
    }

    /// <summary>A look is under way.</summary>
    public bool Busy { get; private set; }

    /// <summary>What was set or deleted here, as of the last look.</summary>
    public IReadOnlyList<AttributeRecord> News { get; private set; } = [];

    /// <summary>An attribute that does not cross; null: none was found.</summary>
    public string? TooLong { get; private set; }

    /// <summary>Why files cannot be read or written; null when all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Somebody has written since the last look.</summary>
    public bool HaveChanged()
    {
        for (int i = 0; i < _files.Length; i++)
        {
            if (FileStamp.Of(_paths[i]) != _seen[i])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Begins a look with what the core knows.</summary>
    public void Begin(IReadOnlyList<AttributeRecord> shared, uint clock)
    {
        _shared = shared;
        _clock = clock;
        Busy = true;
        _aside.Submit(this);
    }

    /// <summary>The first look, before anything else happens.</summary>
    public void Load()
    {
        Execute();
        _first = false;
    }

    public void Execute()
    {
        Problem = null;
        if (_first)
        {
            _clock = NewestOfFiles();
        }

        AttributeMerge merge = new(_shared, _clock, _first);
        for (int i = 0; i < _files.Length; i++)
        {
            try
            {
                Apply(merge, i);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Problem = e.Message;
            }
        }

        News = merge.News;
        TooLong = merge.TooLong;
    }

    public void Done(long nowNs)
    {
        Busy = false;
        _done(this);
    }

    private void Apply(AttributeMerge merge, int index)
    {
        AttributeFile file = _files[index];
        bool concerned = File.Exists(file.Path);
        for (int i = 0; i < _shared.Count && !concerned; i++)
        {
            concerned = file.SectionOf(_shared[i].Key) is not null;
        }

        if (!concerned)
        {
            _seen[index] = default;
            return;
        }

        FileStamp before = default;
        bool written = new AttributeStore(file.Directory, file.Name).Change(lines =>
        {
            before = FileStamp.Of(_paths[index]);
            return merge.Apply(file, lines);
        });
        _seen[index] = written ? default : before;
    }

    private uint NewestOfFiles()
    {
        uint newest = 0;
        foreach (AttributeFile file in _files)
        {
            try
            {
                foreach (StoredAttribute line in new AttributeStore(file.Directory, file.Name).Read().Values)
                {
                    newest = Math.Max(newest, line.Version);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Problem = e.Message;
            }
        }

        return newest;
    }
}
