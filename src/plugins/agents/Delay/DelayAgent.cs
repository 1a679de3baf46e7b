using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Agents.Delay;

/// <summary>Takes its time: between two resources of a group, or in a test.</summary>
public sealed class DelayAgent(AgentStates states) : DescribedAgent(s_description)
{
    private const long SecondNs = 1_000_000_000;

    private static readonly AgentDescription s_description = new(
        ["Delay"], "Waits",
        "Start and stop take that long. A worker thread is busy meanwhile: not for minutes. Times longer than the timeout of"
            + " the action make it fail.",
        [
            new("startdelay", ParameterKind.Integer, "Start delay (s)", "Seconds that a start takes.", "10"),
            new("stopdelay", ParameterKind.Integer, "Stop delay (s)", "Seconds that a stop takes. Default: startdelay."),
            new("mondelay", ParameterKind.Integer, "Monitor delay (s)", "Seconds that a monitor takes.", "0"),
        ],
        Positional: 3, Seconds: 30);

    protected override AgentResult Start(AgentCall call)
    {
        if (IsRunning(call))
        {
            return AgentResult.Ok;
        }

        if (!Wait(call, "startdelay"))
        {
            return call.TimedOut("the start delay is longer than the timeout");
        }

        AgentStates.Write(StatePath(call), "");
        return AgentResult.Ok;
    }

    protected override AgentResult Stop(AgentCall call)
    {
        if (!IsRunning(call))
        {
            return AgentResult.Ok;
        }

        if (!Wait(call, call.Values.IsGiven("stopdelay") ? "stopdelay" : "startdelay"))
        {
            return call.TimedOut("the stop delay is longer than the timeout");
        }

        AgentStates.Remove(StatePath(call));
        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
    {
        if (!IsRunning(call))
        {
            return AgentResult.NotRunning;
        }

        return Wait(call, "mondelay") ? AgentResult.Ok : call.TimedOut("the monitor delay is longer than the timeout");
    }

    private static bool Wait(AgentCall call, string name) => call.Pause(call.Values.Number(name) * SecondNs);

    private bool IsRunning(AgentCall call) => File.Exists(StatePath(call));

    private string StatePath(AgentCall call) => states.PathOf("Delay", call.Instance);
}
