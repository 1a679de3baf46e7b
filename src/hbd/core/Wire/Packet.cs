using System;
using Hbd.Core.Modes;

namespace Hbd.Core.Wire;

/// <summary>
/// One decoded frame. Made once by the loop and filled again for every frame; whoever needs something of it later copies it.
/// </summary>
public sealed class Packet
{
    /// <summary>Groups of one frame at most: what fits into Limits.FrameBytes.</summary>
    public const int GroupsMax = (Limits.FrameBytes - Limits.FrameBytesMin) / GroupEntry.Bytes;

    /// <summary>Settings of one frame at most.</summary>
    public const int ModesMax = 32;

    /// <summary>The sender does not know yet what it reaches.</summary>
    public const ushort PingUnknown = ushort.MaxValue;

    /// <summary>Scores of one frame at most.</summary>
    public const int ScoresMax = (Limits.FrameBytes - Limits.FrameBytesMin) / ScoreEntry.Bytes;

    /// <summary>Instances of promotable resources in one frame at most.</summary>
    public const int NoticesMax = (Limits.FrameBytes - Limits.FrameBytesMin) / NoticeEntry.Bytes;

    /// <summary>Bytes of the attributes in one frame at most.</summary>
    public const int AttributeBytesMax = Limits.FrameBytes - Limits.FrameBytesMin;

    private readonly ScoreEntry[] _scores = new ScoreEntry[ScoresMax];
    private readonly NoticeEntry[] _notices = new NoticeEntry[NoticesMax];
    private readonly GroupEntry[] _groups = new GroupEntry[GroupsMax];
    private readonly ModeEntry[] _modes = new ModeEntry[ModesMax];
    private readonly byte[] _attributes = new byte[AttributeBytesMax];
    private int _groupCount;
    private int _scoreCount;
    private int _noticeCount;
    private int _modeCount;
    private int _attributeBytes;

    public PacketFlags Flags { get; set; }

    public uint Cluster { get; set; }

    public uint Sender { get; set; }

    public uint Generation { get; set; }

    public ulong Sequence { get; set; }

    public byte KeyId { get; set; }

    /// <summary>The sender asks for this to be echoed; 0 is none.</summary>
    public ulong Hello { get; set; }

    /// <summary>The sender echoes this nonce of ours; 0 is none.</summary>
    public ulong Echo { get; set; }

    /// <summary>The sender has heard us up to this sequence (its low 32 bits); null: it does not say.</summary>
    public uint? Ack { get; set; }

    public bool HasDigest { get; set; }

    public ulong Digest { get; set; }

    public bool HasPing { get; set; }

    /// <summary>Weight of the ping nodes that the sender reaches, or <see cref="PingUnknown"/>.</summary>
    public ushort PingScore { get; set; }

    /// <summary>Of the sender's attributes; null: it does not say.</summary>
    public ulong? AttributeDigest { get; set; }

    /// <summary>How often attributes were changed at the sender, the low 16 bits.</summary>
    public ushort AttributeChanges { get; set; }

    /// <summary>The newest such number that the sender has heard of us.</summary>
    public ushort AttributesHeard { get; set; }

    /// <summary>How often the sender has forgotten us, the low 15 bits.</summary>
    public ushort AttributesForgotten { get; set; }

    /// <summary>The sender does not know whether we have what it has.</summary>
    public bool AttributesAsked { get; set; }

    /// <summary>Attributes that the sender thinks we do not know: whole entries.</summary>
    internal ReadOnlySpan<byte> Attributes => _attributes.AsSpan(0, _attributeBytes);

    public ReadOnlySpan<GroupEntry> Groups => _groups.AsSpan(0, _groupCount);

    public ReadOnlySpan<ScoreEntry> Scores => _scores.AsSpan(0, _scoreCount);

    /// <summary>The sender's instances of promotable resources with notify, and what is told about them.</summary>
    public ReadOnlySpan<NoticeEntry> Notices => _notices.AsSpan(0, _noticeCount);

    /// <summary>Maintenance and moves that the sender thinks we do not know.</summary>
    public ReadOnlySpan<ModeEntry> Modes => _modes.AsSpan(0, _modeCount);

    public void Clear()
    {
        Flags = 0;
        Cluster = Sender = Generation = 0;
        Sequence = Hello = Echo = Digest = 0;
        KeyId = 0;
        HasDigest = HasPing = false;
        PingScore = 0;
        Ack = null;
        AttributeDigest = null;
        AttributeChanges = AttributesHeard = AttributesForgotten = 0;
        AttributesAsked = false;
        _attributeBytes = 0;
        _groupCount = _scoreCount = _noticeCount = _modeCount = 0;
    }

    public bool TryAddScore(in ScoreEntry entry)
    {
        if (_scoreCount == ScoresMax)
        {
            return false;
        }

        _scores[_scoreCount++] = entry;
        return true;
    }

    public bool TryAddNotice(in NoticeEntry entry)
    {
        if (_noticeCount == NoticesMax)
        {
            return false;
        }

        _notices[_noticeCount++] = entry;
        return true;
    }

    /// <summary>A piece of them; one that ends in the middle of an entry goes on in the next.</summary>
    internal bool TryAddAttributes(ReadOnlySpan<byte> piece)
    {
        if (AttributeBytesMax - _attributeBytes < piece.Length)
        {
            return false;
        }

        piece.CopyTo(_attributes.AsSpan(_attributeBytes));
        _attributeBytes += piece.Length;
        return true;
    }

    public bool TryAddMode(in ModeEntry entry)
    {
        if (_modeCount == ModesMax)
        {
            return false;
        }

        _modes[_modeCount++] = entry;
        return true;
    }

    public bool TryAddGroup(in GroupEntry entry)
    {
        if (_groupCount == GroupsMax)
        {
            return false;
        }

        _groups[_groupCount++] = entry;
        return true;
    }

    /// <summary>An independent copy: for the simulator and tests, which hold frames back.</summary>
    public Packet Copy()
    {
        Packet copy = new()
        {
            Flags = Flags,
            Cluster = Cluster,
            Sender = Sender,
            Generation = Generation,
            Sequence = Sequence,
            KeyId = KeyId,
            Hello = Hello,
            Echo = Echo,
            HasDigest = HasDigest,
            Digest = Digest,
            HasPing = HasPing,
            PingScore = PingScore,
            Ack = Ack,
            AttributeDigest = AttributeDigest,
            AttributeChanges = AttributeChanges,
            AttributesHeard = AttributesHeard,
            AttributesForgotten = AttributesForgotten,
            AttributesAsked = AttributesAsked,
        };
        _ = copy.TryAddAttributes(Attributes);
        _groups.AsSpan(0, _groupCount).CopyTo(copy._groups);
        copy._groupCount = _groupCount;
        _scores.AsSpan(0, _scoreCount).CopyTo(copy._scores);
        copy._scoreCount = _scoreCount;
        _notices.AsSpan(0, _noticeCount).CopyTo(copy._notices);
        copy._noticeCount = _noticeCount;
        _modes.AsSpan(0, _modeCount).CopyTo(copy._modes);
        copy._modeCount = _modeCount;
        return copy;
    }
}

[Flags]
public enum PacketFlags : byte
{
    None = 0,

    /// <summary>The sender hears us: it has proof that our present frames are fresh.</summary>
    HearsPeer = 1,

    /// <summary>The sender is going down in good order and takes nothing new.</summary>
    Leaving = 2,

    /// <summary>The sender has stopped everything; this is one of its last frames.</summary>
    Left = 4,

    /// <summary>The sender misses a beat of ours: answer at once.</summary>
    Probe = 8,

    /// <summary>The sender has promotable resources with notify, tells of them and answers for them.</summary>
    TellsNotices = 16,
}
