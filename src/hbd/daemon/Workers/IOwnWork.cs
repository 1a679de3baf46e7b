namespace Hbd.Daemon.Workers;

/// <summary>Work that is no agent's: it knows itself what comes after it.</summary>
internal interface IOwnWork : IWork
{
    /// <summary>Done, on the loop thread.</summary>
    void Done(long nowNs);
}
