namespace Hbd.Daemon.Workers;

/// <summary>Something that may block. Belongs to the worker from submission until it comes back; nobody else looks
/// inside.</summary>
internal interface IWork
{
    /// <summary>On a worker thread. Does not throw.</summary>
    void Execute();

    /// <summary>Who is told; null: the owner of the pool. For work of others, which a pool may take besides its own.</summary>
    IWorkEvents? Events => null;
}
