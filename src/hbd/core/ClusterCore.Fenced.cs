using Hbd.Core.Diagnostics;
using Hbd.Core.Fencing;

namespace Hbd.Core;

/// <content>A node that has fenced itself: silent, and on its way down.</content>
public sealed partial class ClusterCore
{
    /// <summary>This node takes itself down and must not act: its loop sends nothing and pats no watchdog.</summary>
    public bool Fenced => _selfFence.IsFenced;

    internal SelfFence SelfFence => _selfFence;

    internal ThirdVotes Votes => _votes;

    /// <summary>The peer is to find this node dead, so nothing is sent any more; what is asked of it is refused.</summary>
    private void FallSilent()
    {
        _deadlines.Stop(TimerKind.Keepalive);
        _deadlines.Stop(TimerKind.SendSoon);

        // A lease that goes on being renewed would keep the peer waiting for a node that is not coming back.
        _deadlines.Stop(TimerKind.WitnessAsk);
        _resources.Changed = false;
    }

    private static void RefuseFenced(ActionList actions) => actions.Add(new ClusterAction
    {
        Kind = ClusterActionKind.Reply,
        Message = MessageId.CommandFenced,
        Refused = true,
    });
}
