using System;
using System.Collections.Generic;
using Hbd.Core;
using Hbd.Core.Attributes;
using Hbd.Core.Wire;
using Hbd.Daemon.Shims;

namespace Hbd.Daemon.Attributes;

/// <summary>
/// One file of attributes against what both nodes share. A line without a version was written here since the last look: it gets the next one,
/// and the core is told. A line with an older version than the core's is replaced, one that the core does not know any more goes.
/// Pure: lines and records in, lines and news out.
/// </summary>
internal sealed class AttributeMerge
{
    private readonly Dictionary<AttributeKey, AttributeRecord> _shared = [];
    private readonly uint _next;
    private readonly bool _first;
    private int _count;

    /// <param name="shared">What the core knows.</param>
    /// <param name="clock">The highest version that the core, or any file, has.</param>
    /// <param name="first">The core has just started: what the files know already is news to it.</param>
    public AttributeMerge(IReadOnlyList<AttributeRecord> shared, uint clock, bool first)
    {
        foreach (AttributeRecord record in shared)
        {
            _shared[record.Key] = record;
        }

        _count = shared.Count;
        _next = Math.Min(Limits.Epoch, clock + 1);
        _first = first;
    }

    /// <summary>What the core must be told.</summary>
    public List<AttributeRecord> News { get; } = [];

    /// <summary>An attribute that stays here because of its length; null: none was found.</summary>
    public string? TooLong { get; private set; }

    /// <summary>Brings one file up to date; true if it changed.</summary>
    public bool Apply(AttributeFile file, Dictionary<(string Section, string Name), StoredAttribute> lines)
    {
        bool changed = false;
        foreach (((string Section, string Name) place, StoredAttribute line) in new List<KeyValuePair<(string, string), StoredAttribute>>(lines))
        {
            if (file.KeyOf(place.Section, place.Name) is not { } key)
            {
                continue;
            }

            StoredAttribute? now = _first && file.ForgetsAtStart ? null : Judge(key, line);
            if (now is null)
            {
                changed |= lines.Remove(place);
            }
            else if (now != line)
            {
                lines[place] = now.Value;
                changed = true;
            }
        }

        foreach (AttributeRecord record in _shared.Values)
        {
            if (file.SectionOf(record.Key) is { } section && !lines.ContainsKey((section, record.Key.Name)) && lines.Count < AttributeStore.MaxLines)
            {
                lines[(section, record.Key.Name)] = new StoredAttribute(record.Value, record.Version);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>What a line is to be; null: it goes.</summary>
    private StoredAttribute? Judge(AttributeKey key, StoredAttribute line)
    {
        AttributeRecord? known = _shared.GetValueOrDefault(key);
        if (line.Version == 0)
        {
            return JudgeNew(key, line, known);
        }

        AttributeRecord record = new(key, line.Version, line.Value);
        if (known is null)
        {
            if (!_first || !AttributeRecord.Crosses(key.Name, line.Value))
            {
                return null;
            }

            News.Add(record);
            return line;
        }

        return record.IsNewerThan(known) ? line : new StoredAttribute(known.Value, known.Version);
    }

    private StoredAttribute? JudgeNew(AttributeKey key, StoredAttribute line, AttributeRecord? known)
    {
        if (!AttributeRecord.Crosses(key.Name, line.Value) || (known is null && _count >= Limits.Attributes))
        {
            TooLong = key.Name;
            return line;
        }

        if (known is null && line.Value is null && !_first)
        {
            return null;
        }

        if (known is not null && known.Value == line.Value)
        {
            return line with { Version = known.Version };
        }

        _count += known is null ? 1 : 0;
        News.Add(new AttributeRecord(key, _next, line.Value));
        return line with { Version = _next };
    }
}

/// <summary>A file of attributes: where it is, and which attributes are in it.</summary>
/// <param name="Subject"><see cref="Owner.Unknown"/>: the whole cluster.</param>
/// <param name="EndsWithBoot">It is in memory.</param>
/// <param name="ForgetsAtStart">What ends with the boot of the peer: that boot may have ended since.</param>
internal sealed record AttributeFile(string Directory, string Name, Owner Subject, bool EndsWithBoot, bool ForgetsAtStart)
{
    private const string UtilizationSection = "utilization";

    public string Path => Directory + "/" + Name;

    private string PlainSection => EndsWithBoot ? "status" : Subject == Owner.Unknown ? "crm_config" : "nodes";

    /// <summary>Null: such a line is this node's own affair.</summary>
    public AttributeKey? KeyOf(string section, string name) => section == PlainSection
        ? new AttributeKey(Subject, EndsWithBoot ? AttributeShelf.Status : AttributeShelf.Lasting, name)
        : section == UtilizationSection && !EndsWithBoot ? new AttributeKey(Subject, AttributeShelf.Utilization, name) : null;

    /// <summary>Null: it does not belong here.</summary>
    public string? SectionOf(in AttributeKey key) => key.Subject != Subject || (key.Shelf == AttributeShelf.Status) != EndsWithBoot ? null
        : key.Shelf == AttributeShelf.Utilization ? UtilizationSection : PlainSection;
}
