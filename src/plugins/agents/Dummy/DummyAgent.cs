using System.IO;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;

namespace Hbd.Plugins.Agents.Dummy;

/// <summary>Does nothing and remembers it.</summary>
public sealed class DummyAgent(AgentStates states) : DescribedAgent(s_description)
{
    private static readonly AgentDescription s_description = new(
        ["Dummy"], "Does nothing", "A resource for tests: running is what has a state file.",
        [
            new("state", ParameterKind.Path, "State file", "Default: Dummy-INSTANCE.state in the state directory."),
            new("fake", ParameterKind.Text, "Ignored", "Something to change.", "dummy"),
        ],
        Positional: 1);

    protected override AgentResult Start(AgentCall call)
    {
        if (Monitor(call) != AgentResult.Ok)
        {
            AgentStates.Write(StatePath(call), "");
        }

        return AgentResult.Ok;
    }

    protected override AgentResult Stop(AgentCall call)
    {
        AgentStates.Remove(StatePath(call));
        return AgentResult.Ok;
    }

    protected override AgentResult Monitor(AgentCall call)
        => File.Exists(StatePath(call)) ? AgentResult.Ok : AgentResult.NotRunning;

    private string StatePath(AgentCall call)
    {
        string path = call.Values.Text("state");
        return path.Length > 0 ? path : states.PathOf("Dummy", call.Instance);
    }
}
