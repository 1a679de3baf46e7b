using Hbd.Core.Diagnostics;

namespace Hbd.Daemon.Logging;

/// <summary>Sees every message before repetitions are held back. On the loop thread, must not block.</summary>
internal interface ILogObserver
{
    void OnMessage(MessageId id, in MessageFields fields, long nowNs);
}
