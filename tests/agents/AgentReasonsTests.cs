using Hbd.Core;
using Hbd.Core.Config;
using Hbd.Core.Resources;
using Hbd.Daemon;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>What the status says of the last action of a resource.</summary>
public sealed class AgentReasonsTests
{
    private readonly AgentReasons _reasons = new(Configs.Of(Configs.Resource(AgentClass.Ocf, "drbd")));
    private uint _last;

    [Fact]
    public void A_monitor_that_was_called_off_says_nothing()
    {
        Did(AgentAction.Start, AgentResult.Ok, "");
        uint monitor = Begin(AgentAction.Monitor);
        _reasons.Cancelled(monitor);
        _reasons.Finished(monitor, AgentResult.TimedOut, "it was ended");
        Says("start: ok", "");
        Did(AgentAction.Stop, AgentResult.Ok, "");
        Says("stop: ok", "");
    }

    [Fact]
    public void A_start_that_was_called_off_says_how_it_ended()
    {
        uint start = Begin(AgentAction.Start);
        _reasons.Cancelled(start);
        _reasons.Finished(start, AgentResult.TimedOut, "it was ended");
        Says("start: timed out", "it was ended");
    }

    [Fact]
    public void A_clean_stop_hides_a_failure_but_no_promoted_resource()
    {
        Did(AgentAction.Monitor, AgentResult.RunningPromoted, "");
        Says("monitor: running promoted (8)", "");
        Did(AgentAction.Stop, AgentResult.Ok, "");
        Says("stop: ok", "");
        Did(AgentAction.Start, AgentResult.Generic, "no disk");
        Did(AgentAction.Stop, AgentResult.Ok, "");
        Assert.Equal("no disk", _reasons.Of(0, 0));
    }

    [Fact]
    public void An_action_of_an_earlier_configuration_is_nobodys()
    {
        Did(AgentAction.Start, AgentResult.Ok, "");
        _reasons.Finished(_last + 5, AgentResult.Generic, "a slot that this configuration does not have");
        Says("start: ok", "");
    }

    private void Did(AgentAction action, AgentResult result, string reason) => _reasons.Finished(Begin(action), result, reason);

    private uint Begin(AgentAction action)
    {
        // The same slot each time, as the core has it for an only resource; another stamp.
        _last += 1 << 14;
        _reasons.Begun(new ClusterAction { Kind = ClusterActionKind.RunAgent, ActionId = _last, Agent = action, Group = 0, Resource = 0 });
        return _last;
    }

    private void Says(string result, string reason) => Assert.Equal((result, reason), (_reasons.ResultOf(0, 0), _reasons.Of(0, 0)));
}
