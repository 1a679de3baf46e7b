namespace Hbd.Daemon.Workers;

/// <summary>The loop's side of the pool.</summary>
internal interface IWorkEvents
{
    /// <summary>Done, however long it took. On the loop thread.</summary>
    void OnWorkDone(IWork work, long nowNs);
}
