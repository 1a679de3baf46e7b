using System;
using System.Collections.Generic;
using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;

namespace Hbd.Plugins.Agents.AudibleAlarm;

/// <summary>Rings the bell of the console on a node that runs the group and should not.</summary>
public sealed class AudibleAlarmAgent(AgentStates states, string node, string terminal = "/dev/console") : DescribedAgent(s_description)
{
    private const int Rings = 3;
    private const long IntervalNs = 200_000_000;

    private static readonly AgentDescription s_description = new(
        ["AudibleAlarm"], "Rings a bell",
        "Rings the bell of /dev/console three times at a start and once at each monitor, on nodes that are not in nodelist. A console"
            + " that cannot be rung does not fail the group.",
        [new("nodelist", ParameterKind.Text, "Silent nodes", "Host names on which it stays silent, with blanks between.")],
        Positional: 1);

    protected override IReadOnlyList<string> Positional(IReadOnlyList<string> arguments)
        => arguments.Count > 1 ? [string.Join(' ', arguments)] : arguments;

    protected override AgentResult Start(AgentCall call)
    {
        for (int i = 0; i < Rings && IsLoud(call); i++)
        {
            Ring(call);
            if (i + 1 < Rings && !call.Pause(IntervalNs))
            {
                return call.TimedOut("given up while ringing");
            }
        }

        AgentStates.Write(StatePath(call), "");
        return AgentResult.Ok;
    }

    protected override AgentResult Stop(AgentCall call)
    {
        AgentStates.Remove(StatePath(call));
        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
    {
        if (!File.Exists(StatePath(call)))
        {
            return AgentResult.NotRunning;
        }

        if (IsLoud(call))
        {
            Ring(call);
        }

        return AgentResult.Ok;
    }

    private void Ring(AgentCall call)
    {
        Errno error = ConsoleBell.Ring(terminal);
        if (error.IsError)
        {
            call.Reason(terminal + " cannot be rung: " + error);
        }
    }

    private bool IsLoud(AgentCall call)
        => Array.IndexOf(call.Values.Text("nodelist").Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries), node) < 0;

    private string StatePath(AgentCall call) => states.PathOf("AudibleAlarm", call.Instance);
}
