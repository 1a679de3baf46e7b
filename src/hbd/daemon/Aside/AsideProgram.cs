using System;
using System.Collections.Generic;
using Hbd.Daemon.Agents;
using Hbd.Sys;

namespace Hbd.Daemon.Aside;

/// <summary>
/// One program besides the cluster's own: started on the side thread with nothing of the daemon's (see <see cref="Spawner"/>), watched by
/// the loop. One at a time; used again after it has ended.
/// </summary>
internal sealed class AsideProgram : IAsideWork, IProcessEvents
{
    private readonly AsidePool _pool;
    private readonly AgentProcess _process;
    private readonly Action<ExitStatus?, string> _ended;
    private string _path = "";
    private IReadOnlyList<string> _arguments = [];
    private IReadOnlyList<string> _variables = [];
    private SpawnedProcess? _spawned;
    private Errno _error;
    private bool _doomed;

    /// <param name="ended">How it ended and the end of what it said; without a status it could not be started.</param>
    public AsideProgram(EpollSet epoll, AsidePool pool, Action<ExitStatus?, string> ended)
    {
        _pool = pool;
        _process = new AgentProcess(epoll, this);
        _ended = ended;
    }

    /// <summary>Starting or running.</summary>
    public bool Busy { get; private set; }

    public int Pid => _process.Pid;

    /// <param name="arguments">All of them, the name first.</param>
    public void Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> variables)
    {
        _path = path;
        _arguments = arguments;
        _variables = variables;
        _doomed = false;
        Busy = true;
        _pool.Submit(this);
    }

    /// <summary>To the whole process group; one that is still being started gets it then.</summary>
    public void Signal(int signal)
    {
        _doomed = true;
        _process.SignalGroup(signal);
    }

    public void Execute()
    {
        _spawned = null;
        _error = Spawner.Spawn(_path, _arguments, _variables, out _spawned);
    }

    public void Done(long nowNs)
    {
        Errno error = _error.IsError ? _error : _process.Attach(0, _spawned!, Hbd.Core.Limits.AgentOutputBytes);
        if (error.IsError)
        {
            Busy = false;
            _ended(null, error.Text);
        }
        else if (_doomed)
        {
            _process.SignalGroup(PidFd.SigTerm);
        }
    }

    void IProcessEvents.OnProcessEnded(AgentProcess process, ExitStatus status, long nowNs)
    {
        Busy = false;
        _ended(status, _process.Errors.Text().Trim());
    }
}
