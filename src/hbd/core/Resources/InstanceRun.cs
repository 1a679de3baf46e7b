using System.Collections.Generic;

namespace Hbd.Core.Resources;

/// <summary>What an agent is told by <see cref="AgentAction.Notify"/>.</summary>
/// <param name="Post">After the operation; otherwise before it.</param>
/// <param name="Operation">Start, stop, promote or demote.</param>
/// <param name="Peer">It is about the other node's instance.</param>
public readonly record struct Notice(bool Post, AgentAction Operation, bool Peer);

/// <summary>What an instance does at the moment.</summary>
internal enum InstanceStep : byte
{
    None,

    /// <summary>The look at node start: what runs here, and is it promoted.</summary>
    Probe,
    Start,
    Stop,

    /// <summary>The first monitor after a start, in which agents set their promotion score.</summary>
    Look,
    Monitor,
    Promote,
    Demote,

    /// <summary>A demotion failed: the instance is stopped, which demotes it too.</summary>
    HardStop,
    Notify,
}

/// <summary>
/// The part of a resource that runs on both nodes, whoever owns the group: started at node start, monitored, stopped when the node
/// leaves. That it is promoted is not told here: that belongs to the owner and is <see cref="ResourceRun.State"/>.
/// </summary>
internal sealed class InstanceRun
{
    /// <summary>Changes of the pair that wait to be told; more than these are not worth telling.</summary>
    private const int NoticesMax = 8;

    private readonly Queue<Notice> _notices = new(NoticesMax);
    private bool _derived;
    private bool _expects;

    /// <summary>Unknown, Stopped, Starting, Running, Stopping or StopFailed.</summary>
    public ResourceState State { get; set; } = ResourceState.Unknown;

    public InstanceStep Step { get; set; }

    /// <summary>It failed: to be stopped and started again as soon as it is not promoted.</summary>
    public bool NeedsRestart { get; set; }

    /// <summary>Its budget is spent: stopped, and the group refused here, until failures are forgotten.</summary>
    public bool Refused { get; set; }

    /// <summary>A demotion failed: the next stop of the owner's part stops the whole instance.</summary>
    public bool Escalates { get; set; }

    /// <summary>Stops of the instance that failed one after the other.</summary>
    public int StopFailures { get; set; }

    /// <summary>What its agent says of its fitness to be promoted; null: nothing.</summary>
    public int? Score { get; private set; }

    /// <summary>Its agent has set a score at least once: from then on none, or one below zero, forbids a promotion.</summary>
    public bool EverScored { get; private set; }

    /// <summary>What was told last as about to happen; null when it was done.</summary>
    public AgentAction? Announced { get; set; }

    /// <summary>Of what is announced the peer was told in this session too.</summary>
    public bool PeerTold { get; set; }

    /// <summary>
    /// What the agent was told last of the peer: it is promoted, or it is not; null: hbd has not started this instance, and cannot know what its
    /// agent knows.
    /// </summary>
    public bool? PeerPromoted { get; set; }

    /// <summary>The notice under way; null: none.</summary>
    public Notice? Telling { get; set; }

    public bool HasNotices => _notices.Count > 0 || Telling is not null;

    /// <summary>Something that the peer wants told is not told yet.</summary>
    public bool OwesPeer
    {
        get
        {
            bool owes = Telling is { Peer: true };
            foreach (Notice notice in _notices)
            {
                owes |= notice.Peer;
            }

            return owes;
        }
    }

    public bool IsReady => State == ResourceState.Running && !NeedsRestart && !Refused;

    public bool IsForbidden => EverScored && Score is null or < 0;

    public void Learn(int? score)
    {
        EverScored |= score is not null;
        Score = score;
    }

    public void Tell(Notice notice)
    {
        if (_notices.Count == NoticesMax)
        {
            _notices.Dequeue();
        }

        _notices.Enqueue(notice);
    }

    /// <summary>Of the peer's own telling; not what is known already, since <see cref="Derive"/> has said it.</summary>
    /// <param name="hears">The agent can be told.</param>
    public void TellOfPeer(Notice notice, bool hears)
    {
        bool again = _derived && notice is { Post: true, Operation: AgentAction.Promote };
        _derived = false;
        if (!hears)
        {
            return;
        }

        if (!again)
        {
            Tell(notice);
        }

        PeerPromoted = notice is { Post: true, Operation: AgentAction.Promote or AgentAction.Demote }
            ? notice.Operation == AgentAction.Promote : PeerPromoted;
    }

    /// <summary>Its last word of the peer was not told by the peer.</summary>
    public bool Derived => _derived;

    /// <summary>The peer was promoted while nobody could tell.</summary>
    public void Derive()
    {
        if (PeerPromoted == false && State is ResourceState.Running or ResourceState.Starting)
        {
            _derived = true;
            Tell(new Notice(Post: true, AgentAction.Promote, Peer: true));
            PeerPromoted = true;
        }
    }

    /// <summary>The session with the peer is over: what it was about to do will be told anew, if it is done.</summary>
    public void ForgetPeer()
    {
        _derived = PeerTold = false;
        for (int left = _notices.Count; left > 0; left--)
        {
            Notice notice = _notices.Dequeue();
            if (notice.Post || !notice.Peer)
            {
                _notices.Enqueue(notice);
            }
        }
    }

    /// <summary>
    /// What the agent is told next. Of a promotion it may wait for the announcement, to undo what it began in its start; so one that was
    /// made while it could not hear is told late.
    /// </summary>
    public bool TryNotice(out Notice notice)
    {
        Notice announcement = new(Post: false, AgentAction.Promote, Peer: true);
        bool found = _notices.TryPeek(out notice);
        if (found && !_expects && notice == announcement with { Post = true })
        {
            notice = announcement;
            _expects = true;
            return true;
        }

        _expects = found && notice is { Peer: true, Operation: AgentAction.Promote } ? !notice.Post : _expects;
        return _notices.TryDequeue(out notice);
    }

    public void ForgetNotices()
    {
        _notices.Clear();
        _expects = false;
    }

    public void AddTo(ref StateHasher hasher)
    {
        hasher.Add(((ulong)State << 8) | (ulong)Step);
        hasher.Add(NeedsRestart);
        hasher.Add(Refused);
        hasher.Add(Escalates);
        hasher.Add((long)(Score ?? -2));
        hasher.Add((long)_notices.Count);
        if (Announced is not null || PeerTold || PeerPromoted is not null || _derived || _expects)
        {
            hasher.Add((long)((Announced is { } announced ? (int)announced + 1 : 0) << 4) | (PeerTold ? 1L : 0)
                | (PeerPromoted is { } promoted ? promoted ? 4L : 2 : 0) | (_derived ? 8L : 0) | (_expects ? 1L << 32 : 0));
        }
    }
}
