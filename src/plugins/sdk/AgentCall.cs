using System;
using System.Threading;
using Hbd.Core.Resources;
using Hbd.Sys;

namespace Hbd.Plugins.Sdk;

/// <summary>One action of a <see cref="DescribedAgent"/> and what goes with it.</summary>
public sealed class AgentCall
{
    /// <summary>How long a call that was given up goes on sleeping at most.</summary>
    private const int SliceMs = 50;

    private readonly IAgentOutput _output;

    internal AgentCall(in AgentRequest request, AgentValues values, IAgentOutput output)
    {
        Values = values;
        Instance = request.Instance;
        DeadlineNs = request.DeadlineNs;
        CheckLevel = request.CheckLevel;
        _output = output;
    }

    public AgentValues Values { get; }

    public string Instance { get; }

    /// <summary>On the monotonic clock.</summary>
    public long DeadlineNs { get; }

    public int CheckLevel { get; }

    /// <summary>The deadline has passed, or hbd has given the action up: take back what was begun and return.</summary>
    public bool IsLate => _output.IsGivenUp || MonotonicClock.NowNs() >= DeadlineNs;

    public void Reason(string text) => _output.Reason(text);

    public AgentResult Failed(string text) => End(AgentResult.Generic, text);

    public AgentResult Failed(string what, Errno error) => End(
        error.Value switch
        {
            Errno.EPERM or Errno.EACCES => AgentResult.Permission,
            Errno.ETIMEDOUT => AgentResult.TimedOut,
            _ => AgentResult.Generic,
        },
        what + ": " + error);

    public AgentResult NotRunning(string text) => End(AgentResult.NotRunning, text);

    public AgentResult TimedOut(string text) => End(AgentResult.TimedOut, text);

    /// <summary>Sleeps; false as soon as the call is late.</summary>
    public bool Pause(long nanoseconds)
    {
        long end = MonotonicClock.NowNs() + nanoseconds;
        while (!IsLate)
        {
            long leftNs = Math.Min(end, DeadlineNs) - MonotonicClock.NowNs();
            if (leftNs <= 0)
            {
                return MonotonicClock.NowNs() < DeadlineNs;
            }

            Thread.Sleep((int)Math.Clamp((leftNs + 999_999) / 1_000_000, 1, SliceMs));
        }

        return false;
    }

    private AgentResult End(AgentResult result, string text)
    {
        _output.Reason(text);
        return result;
    }
}
