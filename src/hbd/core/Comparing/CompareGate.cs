namespace Hbd.Core.Comparing;

/// <summary>
/// Which questions are answered. Each counts once and only if it is newer than the last one, so that a recorded one has no answer made; and answers keep
/// a distance, so that no peer can fill a line with them.
/// </summary>
public sealed class CompareGate
{
    private uint _generation;
    private ulong _sequence;
    private Instant _lastAnswer = new(long.MinValue / 2);

    /// <summary>False: somebody plays an old frame.</summary>
    public bool IsFresh(CompareFrame question)
    {
        System.ArgumentNullException.ThrowIfNull(question);
        bool fresh = question.Generation > _generation || (question.Generation == _generation && question.Sequence > _sequence);
        if (fresh)
        {
            (_generation, _sequence) = (question.Generation, question.Sequence);
        }

        return fresh;
    }

    /// <summary>False: too soon after the last answer. Whoever asks will ask again.</summary>
    /// <param name="gap">What the asking node keeps between two questions on this link.</param>
    public bool MayAnswer(Instant now, Duration gap)
    {
        if (now - _lastAnswer < gap * 3 / 4)
        {
            return false;
        }

        _lastAnswer = now;
        return true;
    }
}
