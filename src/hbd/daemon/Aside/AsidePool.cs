using System;
using Hbd.Daemon.Workers;
using Hbd.Sys;

namespace Hbd.Daemon.Aside;

/// <summary>Work that may block and that nothing of the cluster waits for: small files, hooks and respawned programs.</summary>
internal interface IAsideWork : IWork
{
    /// <summary>On the loop thread.</summary>
    void Done(long nowNs);
}

/// <summary>
/// One thread for all of it, where programs are started; without hooks and respawned programs there are only the mode file and those of
/// attributes, and an agents' worker writes these. Whoever submits has bounded how much of it is under way.
/// </summary>
internal sealed class AsidePool : IWorkEvents, IDisposable
{
    /// <summary>The mode file, the files of attributes, one hook, one look for hooks, and every respawned program.</summary>
    private const int Capacity = 4 + Hbd.Core.Limits.RespawnClients;

    private readonly WorkerPool? _own;
    private readonly WorkerPool _agents;
    private readonly Lent[] _lent;

    /// <param name="programs">Hooks or respawned programs are configured.</param>
    /// <param name="workerStarted">As for the agents' workers.</param>
    public AsidePool(EpollSet epoll, WorkerPool agents, bool programs, Action? workerStarted)
    {
        _agents = agents;
        _lent = [new Lent(this), new Lent(this)];
        _own = programs ? new WorkerPool(epoll, this, 1, Capacity, workerStarted) : null;
    }

    public void Submit(IAsideWork work)
    {
        if (_own is not null)
        {
            _own.Submit(work);
            return;
        }

        Lent lent = _lent[_lent[0].Work is null ? 0 : 1];
        Hbd.Core.Check.That(lent.Work is null, "two pieces of work at a time");
        lent.Work = work;
        _agents.Submit(lent);
    }

    public void OnWorkDone(IWork work, long nowNs)
    {
        if (work is Lent lent)
        {
            work = lent.Work!;
            lent.Work = null;
        }

        ((IAsideWork)work).Done(nowNs);
    }

    public void Dispose() => _own?.Dispose();

    private sealed class Lent(AsidePool pool) : IWork
    {
        public IAsideWork? Work { get; set; }

        public IWorkEvents? Events => pool;

        public void Execute() => Work!.Execute();
    }
}
