using Hbd.Core.Diagnostics;
using Hbd.Core.Witness;

namespace Hbd.Daemon.Witness;

/// <summary>The loop's side of the disk witness. On the loop thread.</summary>
internal interface IDiskEvents
{
    /// <summary>A round was complete. The reply is valid during the call.</summary>
    void OnDiskAnswer(WitnessReply reply);

    void OnDiskChanged(MessageId message, string text);
}
