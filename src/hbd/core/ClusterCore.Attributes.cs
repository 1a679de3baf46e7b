using System.Collections.Generic;
using Hbd.Core.Attributes;
using Hbd.Core.Diagnostics;
using Hbd.Core.Wire;

namespace Hbd.Core;

/// <content>
/// Attributes that agents set: both nodes have the same ones while they are in touch. Nothing of ownership depends on them, but for the promotion
/// score of an instance, which a peer may set too.
/// </content>
public sealed partial class ClusterCore
{
    private readonly List<AttributeRecord> _learned = [];
    private bool _attributesFull;

    /// <summary>The highest version seen; an attribute that is set now has the next one.</summary>
    public uint AttributeClock => _attributes.Table.Clock;

    /// <summary>What the files must say, deleted ones that the peer may still have included.</summary>
    public IReadOnlyList<AttributeRecord> AttributeRecords() => _attributes.Table.Records();

    /// <summary>How a node is called in an attribute's key.</summary>
    /// <param name="node">Number in the configuration.</param>
    public Owner SubjectOf(int node) => _resources.OwnerOnWire(node);

    internal AttributeExchange Attributes => _attributes;

    private void OnAttribute(AttributeRecord record, ActionList actions)
    {
        AttributeVerdict verdict = _attributes.Set(record);
        _resources.Changed |= verdict == AttributeVerdict.New;
        if (verdict == AttributeVerdict.Full)
        {
            Log(actions, MessageId.AttributesFull, a: Limits.Attributes);
        }
        else if (verdict != AttributeVerdict.Known)
        {
            actions.Add(new ClusterAction { Kind = ClusterActionKind.SaveAttributes });
        }
    }

    private void LearnAttributes(Packet packet, ActionList actions)
    {
        AttributeNews news = _attributes.Learn(packet, _learned);
        _resources.Changed |= (news & AttributeNews.Answer) != 0;
        foreach (AttributeRecord record in _learned)
        {
            LearnScore(record);
        }

        _learned.Clear();
        if ((news & AttributeNews.Full) != 0 && !_attributesFull)
        {
            Log(actions, MessageId.AttributesFull, a: Limits.Attributes);
        }

        _attributesFull = (news & AttributeNews.Full) != 0 || (_attributesFull && news == AttributeNews.None);
        if ((news & AttributeNews.Changed) != 0)
        {
            actions.Add(new ClusterAction { Kind = ClusterActionKind.SaveAttributes });
        }
    }

    /// <summary>A new session, or none any more.</summary>
    private void ForgetPeerAttributes(ActionList actions)
    {
        if (_attributes.ForgetPeer())
        {
            actions.Add(new ClusterAction { Kind = ClusterActionKind.SaveAttributes });
        }
    }

    /// <summary>The promotion score of an instance here, set by the peer; what an agent here sets is read after its action.</summary>
    private void LearnScore(AttributeRecord record)
    {
        if (record.Key is { Shelf: AttributeShelf.Status } key && key.Subject == SubjectOf(Self))
        {
            _resources.LearnScore(key.Name, record.Value);
        }
    }
}
