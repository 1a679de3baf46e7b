namespace Hbd.Daemon.Media;

/// <summary>Open or not, and why; tells <see cref="IMediumEvents"/> about changes, each once.</summary>
internal sealed class MediumState
{
    private readonly IMedium _medium;
    private readonly IMediumEvents _events;
    private Trouble _trouble = new(TroubleKind.NotOpenedYet);
    private bool _openedBefore;

    public MediumState(IMedium medium, IMediumEvents events)
    {
        _medium = medium;
        _events = events;
    }

    public bool IsOpen { get; private set; }

    public string? Problem { get; private set; } = "not opened yet";

    public MediumCounters Counters { get; } = new();

    /// <summary>True when this is not what was reported last: only then is the text worth building.</summary>
    public bool IsNews(in Trouble trouble) => trouble != _trouble;

    public void Opened(string how)
    {
        IsOpen = true;
        Problem = null;
        _trouble = Trouble.None;
        if (_openedBefore)
        {
            Counters.Reopened++;
        }

        _openedBefore = true;
        _events.OnMediumChanged(_medium, true, how);
    }

    public void Closed(in Trouble trouble, string problem)
    {
        IsOpen = false;
        Problem = problem;
        _trouble = trouble;
        _events.OnMediumChanged(_medium, false, problem);
    }

    /// <summary>Open, but something is wrong.</summary>
    public void Ails(in Trouble trouble, string problem)
    {
        Problem = problem;
        _trouble = trouble;
        _events.OnMediumChanged(_medium, true, problem);
    }

    public void Recovered()
    {
        Problem = null;
        _trouble = Trouble.None;
        _events.OnMediumChanged(_medium, true, "works again");
    }
}
