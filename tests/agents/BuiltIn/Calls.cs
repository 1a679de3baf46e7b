using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Hbd.Core.Resources;
using Hbd.Plugins.Sdk;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.BuiltIn;

/// <summary>Calls of one agent for one resource.</summary>
internal sealed class Calls(IResourceAgent agent, string[] arguments, params (string Key, string Value)[] parameters)
{
    private readonly List<KeyValuePair<string, string>> _parameters = parameters.Select(p => new KeyValuePair<string, string>(p.Key, p.Value)).ToList();

    public Calls(IResourceAgent agent, params (string Key, string Value)[] parameters)
        : this(agent, [], parameters)
    {
    }

    /// <summary>What the agent said last.</summary>
    public string Text { get; private set; } = "";

    public int Level { get; init; }

    public string Instance { get; init; } = "test:1";

    public AgentResult Start(double seconds = 10) => Run(AgentAction.Start, seconds);

    public AgentResult Stop(double seconds = 10) => Run(AgentAction.Stop, seconds);

    public AgentResult Monitor(double seconds = 10) => Run(AgentAction.Monitor, seconds);

    public string? Validate() => agent.Validate(Request(AgentAction.ValidateAll, 1));

    public string? Elsewhere() => agent.Elsewhere(Request(AgentAction.ValidateAll, 1));

    public void Expect(AgentResult expected, AgentAction action, double seconds = 10)
    {
        AgentResult result = Run(action, seconds);
        Assert.True(expected == result, action + ": " + result + " " + Text);
    }

    /// <summary>What every agent has to do: nothing there, start, start again, there, stop, stop again, nothing there.</summary>
    public void Life()
    {
        Expect(AgentResult.NotRunning, AgentAction.Monitor);
        Expect(AgentResult.Ok, AgentAction.Stop);
        Expect(AgentResult.Ok, AgentAction.Start);
        Expect(AgentResult.Ok, AgentAction.Start);
        Expect(AgentResult.Ok, AgentAction.Monitor);
        Expect(AgentResult.Ok, AgentAction.Stop);
        Expect(AgentResult.Ok, AgentAction.Stop);
        Expect(AgentResult.NotRunning, AgentAction.Monitor);
    }

    public AgentResult Run(AgentAction action, double seconds, IAgentOutput? output = null)
    {
        RecordingOutput recording = new();
        AgentResult result = agent.Run(Request(action, seconds), output ?? recording);
        Text = recording.Text;
        return result;
    }

    private AgentRequest Request(AgentAction action, double seconds)
        => new(action, Instance, arguments, _parameters, MonotonicClock.NowNs() + (long)(seconds * 1e9), Level);
}

/// <summary>A directory for one test, with the agents' states in it.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hbd-builtin-").FullName;

    public AgentStates States => new(Path + "/states");

    public void Dispose() => Directory.Delete(Path, true);

    /// <summary>Waits for a condition, bounded.</summary>
    public static void Until(Func<bool> condition, string what, double seconds = 10)
    {
        long end = MonotonicClock.NowNs() + (long)(seconds * 1e9);
        while (!condition())
        {
            Assert.True(MonotonicClock.NowNs() < end, "waited in vain: " + what);
            Thread.Sleep(5);
        }
    }
}

/// <summary>A loop that gives the action up after a while.</summary>
internal sealed class GivingUp(double seconds) : IAgentOutput
{
    private readonly long _endNs = MonotonicClock.NowNs() + (long)(seconds * 1e9);

    public bool IsGivenUp => MonotonicClock.NowNs() >= _endNs;

    public void Reason(string text)
    {
    }

    public void Holds(HeldAddress address)
    {
    }
}
