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

/// <summary>One thread for all of it. Whoever submits has bounded how much of it is under way.</summary>
internal sealed class AsidePool : IWorkEvents, IDisposable
{
    /// <summary>The mode file, one hook, one look for hooks, and every respawned program.</summary>
    private const int Capacity = 3 + Hbd.Core.Limits.RespawnClients;

    private readonly WorkerPool _pool;

    /// <param name="workerStarted">As for the agents' workers.</param>
    public AsidePool(EpollSet epoll, Action? workerStarted) => _pool = new WorkerPool(epoll, this, 1, Capacity, workerStarted);

    public void Submit(IAsideWork work) => _pool.Submit(work);

    public void OnWorkDone(IWork work, long nowNs) => ((IAsideWork)work).Done(nowNs);

    public void Dispose() => _pool.Dispose();
}
