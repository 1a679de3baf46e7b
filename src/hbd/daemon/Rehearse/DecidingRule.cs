using System.Collections.Generic;
using Hbd.Core.Diagnostics;

namespace Hbd.Daemon.Rehearse;

/// <summary>Which of the messages of a run tells why a group is where it is.</summary>
internal static class DecidingRule
{
    /// <summary>It serves on the other node now, or on both.</summary>
    private static readonly MessageId[] s_moved = [MessageId.GroupTakeover, MessageId.GroupReceived, MessageId.GroupClaimed];

    /// <summary>It serves nowhere: the strongest word first.</summary>
    private static readonly MessageId[] s_nowhere =
    [
        MessageId.PermitEnded, MessageId.SelfFenceStopFailed, MessageId.SelfFenceSplitBrain, MessageId.SplitBrainSuicide, MessageId.SplitBrainStop,
        MessageId.PermitEnding, MessageId.GroupBlocked, MessageId.SplitBrainFreeze, MessageId.GroupStopFailed, MessageId.GroupGivenUp,
        MessageId.GroupStartFailed, MessageId.FenceFailed, MessageId.NodeDead,
    ];

    /// <summary>It serves where it did.</summary>
    private static readonly MessageId[] s_stayed =
    [
        MessageId.GroupRestarting, MessageId.GroupYield, MessageId.GroupTieWon, MessageId.FenceProven, MessageId.SplitBrainFreeze, MessageId.GroupBlocked,
        MessageId.FenceFailed, MessageId.NodeDead, MessageId.LinkDead, MessageId.PingLost, MessageId.PingDown, MessageId.WitnessSilent,
    ];

    /// <summary>What happened last that no node said.</summary>
    public static Told? LastEvent(IReadOnlyList<Told> told)
    {
        for (int i = told.Count - 1; i >= 0; i--)
        {
            if (told[i].Message is null)
            {
                return told[i];
            }
        }

        return null;
    }

    public static Told? Of(IReadOnlyList<Told> told, int group, int home, int server, bool isDouble)
    {
        MessageId[] words = server < 0 ? s_nowhere : server != home || isDouble ? s_moved : s_stayed;
        foreach (MessageId word in words)
        {
            for (int i = told.Count - 1; i >= 0; i--)
            {
                if (told[i].Message == word && (told[i].Group == group || told[i].Group < 0))
                {
                    return told[i];
                }
            }
        }

        return null;
    }
}
