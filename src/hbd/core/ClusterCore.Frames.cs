using System;
using Hbd.Core.Auth;
using Hbd.Core.Resources;
using Hbd.Core.Wire;

namespace Hbd.Core;

/// <content>What goes into a frame, and in which order the groups share the room there is.</content>
public sealed partial class ClusterCore
{
    /// <summary>A section with one group.</summary>
    private const int GroupBytes = 2 + GroupEntry.Bytes;

    /// <summary>Frames that begin with a notice: so many in a row, of which all but one are for those that somebody waits for.</summary>
    private const int NoticeTurns = 4;

    /// <summary>
    /// Writes the next frame for one link into <paramref name="buffer"/>, signed; returns its length. Each link gets a frame
    /// of its own, with its own sequence, because a slow line carries fewer groups at a time than a network.
    /// </summary>
    /// <param name="link">Number of the medium.</param>
    /// <param name="buffer">Its length is what the medium takes at once, at least 64 bytes and one group.</param>
    public int WriteFrame(int link, Span<byte> buffer, Keyring keyring)
    {
        ArgumentNullException.ThrowIfNull(keyring);
        PacketWriter writer = new(buffer[..^WireFormat.MacBytes]);
        PacketFlags flags = _peer.Hears ? PacketFlags.HearsPeer : PacketFlags.None;
        flags |= _resources.Leaving ? PacketFlags.Leaving : PacketFlags.None;
        flags |= _probeWait > Duration.Zero ? PacketFlags.Probe : PacketFlags.None;
        bool leaves = _deadlines.IsSet(TimerKind.Leave) || _lastFramesLeft < LastFrames;

        // A node that leaves something running has not left in good order: nobody may take it for stopped.
        flags |= leaves && _resources.CountLeftBehind() == 0 ? PacketFlags.Left : PacketFlags.None;
        flags |= _resources.Tellers.Length > 0 ? PacketFlags.TellsNotices : PacketFlags.None;
        writer.Header(flags, _clusterId, _selfId, _generation, ++_sequence, keyring.SigningId);
        bool challenges = _peer.MustChallenge;
        bool echoes = _peer.NonceToEcho != 0;
        if (challenges)
        {
            writer.Word(SectionType.Hello, _peer.Nonce);
        }

        if (echoes)
        {
            writer.Word(SectionType.Echo, _peer.NonceToEcho);
        }

        // Both nonces and the digest would make 74 bytes; a frame stays within 64 before the groups (19,200 baud).
        if (!challenges || !echoes)
        {
            writer.Word(SectionType.Digest, _config.Digest);
        }

        // With either nonce the frame is full already; what the peer knows of our score stays as it was.
        if (_ping.IsConfigured && !challenges && !echoes)
        {
            writer.Ping(_ping.WireScore);
        }

        // Only a peer that hears us counts what we have heard, and such a one asks for no echo: there is room.
        if (_permits.Configured && _peer.Hears && !challenges && !echoes)
        {
            writer.Ack(unchecked((uint)_peer.HighestHeard));
        }

        _permits.Sent(_sequence, _lastNow);
        _lastSent = _lastNow;
        bool first = (_sequence & 1) == 0 && _peer.InSession;
        if (first)
        {
            _resources.Modes.Write(link, _lastNow, ref writer);
        }

        WriteNoticeFirst(link, ref writer);
        bool full = WriteFresh(link, ref writer);
        bool attributes = _peer.InSession && !challenges && !echoes;
        if (attributes && !first)
        {
            _attributes.Write(link, GroupBytes, ref writer);
        }

        WriteGroups(link, full, ref writer);
        WriteScores(link, ref writer);
        if (_peer.InSession && !WriteNotices(link, _resources.Tellers.Length, pressing: true, ref writer))
        {
            _ = WriteNotices(link, _resources.Tellers.Length, pressing: false, ref writer);
        }

        if (attributes && first)
        {
            _attributes.Write(link, 0, ref writer);
        }

        if (!first && _peer.InSession)
        {
            _resources.Modes.Write(link, _lastNow, ref writer);
        }

        return keyring.Sign(buffer, writer.Finish());
    }

    /// <summary>
    /// A short frame has room for one entry. While a group has something new to say, one of so many frames as there are groups and one more begins with a
    /// notice, because who owns what is more urgent; otherwise every second one, while an answer is waited for. The fourth of these is anybody's.
    /// </summary>
    private void WriteNoticeFirst(int link, ref PacketWriter writer)
    {
        bool presses = false;
        foreach (ResourceRun resource in _resources.Tellers)
        {
            presses |= resource.Notices!.Presses;
        }

        bool fresh = false;
        foreach (GroupRun group in _resources.Groups)
        {
            fresh |= group.FreshFrames > 0;
        }

        int groupsFirst = presses && !fresh ? 1 : _resources.Groups.Length;
        if (!_peer.InSession || _resources.Tellers.Length == 0 || ++_sinceNotice[link] <= groupsFirst)
        {
            return;
        }

        _sinceNotice[link] = 0;
        _noticeTurn[link] = (_noticeTurn[link] + 1) % NoticeTurns;
        _ = WriteNotices(link, 1, presses && _noticeTurn[link] > 0, ref writer);
    }

    /// <summary>Those that are not in this frame yet, in turn, as many as are asked for; true if there was no room for one.</summary>
    /// <param name="pressing">Only those that somebody waits for.</param>
    private bool WriteNotices(int link, int count, bool pressing, ref PacketWriter writer)
    {
        ReadOnlySpan<ResourceRun> tellers = _resources.Tellers;
        int[] cursors = pressing ? _pressingCursor : _noticeCursor;
        int cursor = cursors[link];
        bool full = false;
        for (int i = 0; i < tellers.Length && count > 0 && !full; i++)
        {
            NoticeExchange notices = tellers[cursor].Notices!;
            bool due = notices.WrittenIn != _sequence && (!pressing || notices.Presses);
            full = due && !writer.TryNotice(ResourceManager.NoticeOf(tellers[cursor]));
            if (due && !full)
            {
                notices.Written(_sequence);
                count--;
            }

            cursor = full ? cursor : (cursor + 1) % tellers.Length;
        }

        cursors[link] = cursor;
        return full;
    }

    /// <summary>Only of groups that nobody has owned yet, and only where there is room: the peer waits for them no longer than initdead.</summary>
    private void WriteScores(int link, ref PacketWriter writer)
    {
        GroupRun[] groups = _resources.Groups;
        int cursor = _scoreCursor[link];
        bool full = false;
        for (int i = 0; i < groups.Length && !full; i++)
        {
            full = ResourceManager.TryScore(groups[cursor], out int score) && !writer.TryScore(new ScoreEntry(groups[cursor].Id, score));
            cursor = full ? cursor : (cursor + 1) % groups.Length;
        }

        _scoreCursor[link] = cursor;
    }

    /// <summary>
    /// Groups that changed first, in turn: each is named once before one is named again, so that a slow line with many changes
    /// delays none of them for long. The rest in turn behind them: with few groups all of them, with many the next ones of this link.
    /// </summary>
    private bool WriteFresh(int link, ref PacketWriter writer)
    {
        GroupRun[] groups = _resources.Groups;
        bool full = false;
        int cursor = _freshCursor[link];
        for (int i = 0; i < groups.Length && !full; i++)
        {
            GroupRun group = groups[cursor];
            bool fresh = group.FreshFrames > 0;
            full = fresh && !writer.TryGroup(_resources.EntryOf(group));
            group.FreshFrames -= fresh && !full ? 1 : 0;
            group.WrittenIn = fresh && !full ? _sequence : group.WrittenIn;
            cursor = full ? cursor : (cursor + 1) % groups.Length;
        }

        _freshCursor[link] = cursor;
        return full;
    }

    private void WriteGroups(int link, bool full, ref PacketWriter writer)
    {
        GroupRun[] groups = _resources.Groups;
        int cursor = _groupCursor[link];
        for (int i = 0; i < groups.Length && !full; i++)
        {
            GroupRun group = groups[cursor];
            full = group.WrittenIn != _sequence && !writer.TryGroup(_resources.EntryOf(group));
            cursor = full ? cursor : (cursor + 1) % groups.Length;
        }

        _groupCursor[link] = cursor;
    }
}
