using Hbd.Core;
using Hbd.Core.Attributes;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Attributes;

namespace Hbd.Daemon;

/// <content>
/// Attributes that agents set. The stand-ins for Pacemaker's tools write files and ask nobody; the loop looks whether a file has changed after every
/// action and once a second, and has the files and the core's table brought in line aside.
/// </content>
internal sealed partial class EventLoop
{
    private readonly AttributeFiles _attributeFiles;
    private bool _attributesStale;
    private bool _looksAtAttributes;
    private string? _attributeProblem;
    private string? _attributeTooLong;

    /// <summary>What an earlier life knew; before the first action, and before the first frame of the peer is read.</summary>
    private void LoadAttributes()
    {
        _attributeFiles.Load();
        TakeAttributes(_attributeFiles);
    }

    private void TakeAttributes(AttributeFiles files)
    {
        foreach (AttributeRecord record in files.News)
        {
            Changed();
            Step(ClusterEvent.AttributeSet(record));
        }

        if (files.Problem is { } problem && problem != _attributeProblem)
        {
            NoteProblem("attributes: " + problem);
        }

        if (files.TooLong is { } name && name != _attributeTooLong)
        {
            _log.Text(
                MessageId.SystemNote,
                $"attribute {name} stays on this node: to the peer go values of up to {AttributeRecord.ValueBytesMax} bytes, and {Limits.Attributes} in all",
                _now);
        }

        _attributeProblem = files.Problem;
        _attributeTooLong = files.TooLong ?? _attributeTooLong;
    }

    /// <summary>At the end of a turn.</summary>
    private void FollowAttributes()
    {
        if (_attributeFiles.Busy || (!_attributesStale && !_looksAtAttributes))
        {
            return;
        }

        if (_attributesStale || _attributeFiles.HaveChanged())
        {
            Changed();
            _attributeFiles.Begin(_core.AttributeRecords(), _core.AttributeClock);
        }

        _attributesStale = _looksAtAttributes = false;
    }
}
