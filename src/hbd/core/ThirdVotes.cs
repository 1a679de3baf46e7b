using System.Collections.Generic;

namespace Hbd.Core;

/// <summary>
/// What besides the peer can tell this node that it is not the one that is cut off: ping nodes, a witness. Whoever watches one says
/// here how it stands; the core asks after every event, so an implementation only needs to be right when an event has been handled.
/// </summary>
internal interface IThirdVote
{
    /// <summary>It stands in the configuration.</summary>
    bool Configured { get; }

    /// <summary>It does not answer this node.</summary>
    bool Lost { get; }
}

/// <summary>All third votes of a node and the one question that is asked of them together.</summary>
/// <param name="votes">Not configured ones are allowed and count for nothing.</param>
internal sealed class ThirdVotes(IReadOnlyList<IThirdVote> votes)
{
    public static ThirdVotes None { get; } = new([]);

    /// <summary>At least one is configured, and every configured one is lost.</summary>
    public bool Lost
    {
        get
        {
            bool any = false;
            for (int i = 0; i < votes.Count; i++)
            {
                any |= votes[i].Configured;
                if (votes[i].Configured && !votes[i].Lost)
                {
                    return false;
                }
            }

            return any;
        }
    }
}
