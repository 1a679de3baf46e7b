using System;
using System.IO;
using System.Threading;
using Hbd.Daemon.Fencing;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>
/// An operator's fencing and the automatic one that follows from it share one proof, and never one that is older than what was heard of the node.
/// The switch is a plugin of the test: it writes what it is told, holds a reset while <c>wait</c> is there, and refuses one
/// for <c>fail</c>.
/// </summary>
public sealed class FenceProofTests : IDisposable
{
    private const string Plain = "[[stonith]]\nhost = \"node2\"\nagent = \"external/plain\"\nself_test = 0\n";

    private readonly DeviceDirectory _devices = new();

    public FenceProofTests()
    {
        _devices.Script("plain", "echo \"$1\" >> $D/log; while [ -e $D/wait ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done; [ ! -e $D/fail ] || { rm $D/fail; exit 1; }");
        _devices.Script("fence_test", """
            input=$(cat)
            action=$(printf '%s\n' "$input" | sed -n "s/^action=//p" | tail -1)
            [ "$action" = metadata ] || echo "$action" >> $D/log
            case $action in
                metadata) echo '<a><parameters><parameter name="plug" required="1"/></parameters><actions><action name="on"/><action name="off"/><action name="status"/></actions></a>' ;;
                on) while [ -e $D/wait ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done ;;
                status) exit 2 ;;
            esac
            exit 0
            """);
    }

    public void Dispose() => _devices.Dispose();

    [Fact]
    public void What_was_asked_during_an_operators_shot_is_answered_by_it()
    {
        using FenceLoop loop = new(_devices.Path, Plain);
        uint operators = BeginOperators(loop);
        loop.Heard();
        uint core = loop.Begin();
        _devices.Remove("wait");
        loop.RunUntil(() => loop.Results.Count == 2, 5);
        Assert.Equal(FenceResult.Proven, loop.Results[operators].Result);
        NotShotAgain(loop, core, "reset");
    }

    [Fact]
    public void What_is_asked_after_an_operators_shot_is_answered_at_once_and_the_node_stays_on()
    {
        _devices.Touch("wait");
        using FenceLoop loop = new(_devices.Path, Plain.Replace("external/plain", "fence_test", StringComparison.Ordinal) + "delay = \"5s\"\n");
        loop.Heard(newLife: true);
        uint operators = loop.Begin(byOperator: true);
        loop.RunUntil(() => _devices.Log() == "off,status,on", 8);
        Assert.Equal(FenceResult.Proven, loop.Results[operators].Result);
        uint core = loop.Begin();
        loop.RunUntil(() => loop.Results.ContainsKey(core), 1);
        _devices.Remove("wait");
        loop.Settle();
        NotShotAgain(loop, core, "off,status,on");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_node_that_was_heard_since_is_shot(bool newLife)
    {
        using FenceLoop loop = new(_devices.Path, Plain);
        Operators(loop);
        loop.Heard(newLife);
        ShotAgain(loop, loop.Begin());
    }

    [Fact]
    public void A_node_that_began_a_new_life_while_the_command_ran_is_shot()
    {
        using FenceLoop loop = new(_devices.Path, Plain);
        BeginOperators(loop);
        loop.Heard(newLife: true);
        uint core = loop.Begin();
        _devices.Remove("wait");
        ShotAgain(loop, core);
    }

    [Fact]
    public void After_a_failure_the_automatic_request_does_it_itself()
    {
        _devices.Touch("fail");
        using FenceLoop loop = new(_devices.Path, Plain + "retries = 0\n");
        uint operators = BeginOperators(loop);
        uint core = loop.Begin();
        _devices.Remove("wait");
        loop.RunUntil(() => loop.Results.ContainsKey(operators), 5);
        Assert.Equal(FenceResult.Failed, loop.Results[operators].Result);
        ShotAgain(loop, core);
    }

    [Fact]
    public void What_is_only_assumed_is_no_proof()
    {
        using FenceLoop loop = new(_devices.Path, Plain.Replace("external/plain", "null", StringComparison.Ordinal));
        Operators(loop);
        uint core = loop.Begin();
        loop.RunUntil(() => loop.Results.ContainsKey(core), 5);
        Assert.Equal(FenceResult.Assumed, loop.Results[core].Result);
    }

    [Fact]
    public void A_proof_of_before_this_machine_slept_is_none()
    {
        using FenceLoop loop = new(_devices.Path, Plain);
        Operators(loop);
        loop.Executor.Slept();
        ShotAgain(loop, loop.Begin());
    }

    [Fact]
    public void An_automatic_request_that_waits_for_the_proof_can_be_taken_back()
    {
        using FenceLoop loop = new(_devices.Path, Plain);
        uint operators = BeginOperators(loop);
        uint core = loop.Begin();
        Assert.True(loop.Cancel(core));
        _devices.Remove("wait");
        loop.RunUntil(() => loop.Results.ContainsKey(operators), 5);
        core = loop.Begin();
        Assert.True(loop.Cancel(core));
        loop.RunFor(0.5);
        Assert.Equal("reset", _devices.Log());
        Assert.False(loop.Results.ContainsKey(core));
    }

    [Fact]
    public void A_persons_word_answers_both()
    {
        using FenceLoop loop = new(_devices.Path, "[[stonith]]\nhost = \"node2\"\nagent = \"meatware\"\n");
        loop.Heard(newLife: true);
        uint operators = loop.Begin(FenceAction.Off, byOperator: true);
        loop.RunUntil(() => loop.Executor.Run(1) is { WaitsForHuman: true }, 5);
        uint core = loop.Begin();
        Assert.True(loop.Executor.Confirm(1, "test", "cable pulled", MonotonicClock.NowNs(), out _));
        loop.RunUntil(() => loop.Results.Count == 2, 5);
        Assert.Equal(FenceResult.Proven, loop.Results[operators].Result);
        NotShotAgain(loop, core, "");
    }

    private uint BeginOperators(FenceLoop loop)
    {
        _devices.Touch("wait");
        loop.Heard(newLife: true);
        uint id = loop.Begin(byOperator: true);
        loop.RunUntil(() => _devices.Log() == "reset", 5);
        return id;
    }

    private static void Operators(FenceLoop loop)
    {
        uint id = loop.Begin(byOperator: true);
        loop.RunUntil(() => loop.Results.ContainsKey(id), 5);
        loop.Settle();
    }

    private void NotShotAgain(FenceLoop loop, uint core, string log)
    {
        Assert.Equal(FenceResult.Proven, loop.Results[core].Result);
        Assert.Contains("not shot again", loop.Results[core].Text, StringComparison.Ordinal);
        loop.RunFor(0.5);
        Assert.Equal(log, _devices.Log());
    }

    private void ShotAgain(FenceLoop loop, uint core)
    {
        loop.RunUntil(() => loop.Results.ContainsKey(core), 5);
        Assert.Equal(FenceResult.Proven, loop.Results[core].Result);
        Assert.Equal("reset,reset", _devices.Log());
    }
}
