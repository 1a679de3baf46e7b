using Hbd.Core;
using Hbd.Core.Diagnostics;
using Hbd.Daemon.Ping;

namespace Hbd.Daemon;

/// <content>What the ping nodes tell the loop.</content>
internal sealed partial class EventLoop
{
    private readonly PingControl? _ping;

    void IPingEvents.OnPingAnswered(int address, long sentNs) => Step(ClusterEvent.PingAnswered(address, new Instant(sentNs)));

    void IPingEvents.OnPingNote(string note)
    {
        Changed();
        _log.Text(MessageId.SystemProblem, note, _now);
    }
}
