using System;
using System.IO;
using Hbd.Daemon.Fencing;
using Hbd.Sys;
using Xunit;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>A person as a device: asked, asked again after a restart, believed only while somebody wants to know.</summary>
public sealed class MeatwareTests : IDisposable
{
    private const string Device = "[[stonith]]\nhost = \"node2\"\nagent = \"meatware\"\n";

    private readonly DeviceDirectory _devices = new();

    public void Dispose() => _devices.Dispose();

    [Fact]
    public void Nothing_can_be_confirmed_that_nobody_asked_for()
    {
        using FenceLoop loop = new(_devices.Path, Device);
        Assert.False(loop.Executor.Confirm(1, "me", "I say so", MonotonicClock.NowNs(), out string answer));
        Assert.Contains("no fencing of node2 waits", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_confirmation_ends_the_request_and_is_recorded_with_who_and_why()
    {
        using FenceLoop loop = new(_devices.Path, Device);
        uint id = loop.Begin();
        loop.RunUntil(() => loop.Executor.Pending(1) is not null, 2);
        Assert.True(loop.Executor.Confirm(1, "user 0", "pulled both cords", MonotonicClock.NowNs(), out _));
        Assert.Equal(FenceResult.Proven, loop.Results[id].Result);
        Assert.Null(loop.Executor.Pending(1));
        Assert.Contains(loop.Executor.History.Entries, e => e.What == "confirm" && e.By == "user 0" && e.Text.EndsWith("pulled both cords"));
    }

    [Fact]
    public void The_request_is_still_there_after_a_restart_and_can_be_confirmed_before_it_is_made_again()
    {
        using (FenceLoop loop = new(_devices.Path, Device))
        {
            _ = loop.Begin();
            loop.RunUntil(() => File.Exists(_devices.PathOf("fencing")), 3);
        }

        using FenceLoop again = new(_devices.Path, Device);
        Assert.Equal("node2", again.Executor.Pending(1)!.Node);
        Assert.True(again.Executor.Confirm(1, "user 0", "it burns", MonotonicClock.NowNs(), out string answer));
        Assert.Contains("will count as fenced", answer, StringComparison.Ordinal);
        Assert.Contains("it burns", again.Fence().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_about_a_node_that_was_seen_alive_since_is_void()
    {
        using (FenceLoop loop = new(_devices.Path, Device))
        {
            _ = loop.Begin();
            loop.RunUntil(() => File.Exists(_devices.PathOf("fencing")), 3);
        }

        using FenceLoop again = new(_devices.Path, Device);
        Assert.True(again.Executor.Confirm(1, "user 0", "it burns", MonotonicClock.NowNs(), out _));
        again.Executor.NodeSeen(1);
        uint id = again.Begin();
        again.RunFor(0.3);
        Assert.False(again.Results.ContainsKey(id));
        Assert.True(again.Cancel(id), "a person was asked, nothing was sent");
        Assert.Null(again.Executor.Pending(1));
    }

    [Fact]
    public void Nobody_comes_and_the_level_fails()
    {
        using FenceLoop loop = new(_devices.Path, Device + "timeout = \"200ms\"\n");
        FenceLoop.Finished finished = loop.Fence();
        Assert.Equal(FenceResult.Failed, finished.Result);
        Assert.Contains("nobody confirmed it within 200ms", finished.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_may_step_in_where_a_device_has_failed()
    {
        using FenceLoop loop = new(_devices.Path, "[[stonith]]\nhost = \"node2\"\nagent = \"fence_nowhere\"\n");
        Assert.Equal(FenceResult.Failed, loop.Fence().Result);
        Assert.True(loop.Executor.Confirm(1, "user 0", "switched off", MonotonicClock.NowNs(), out _));
        Assert.Equal(FenceResult.Proven, loop.Fence().Result);
        Assert.Equal(FenceResult.Failed, loop.Fence().Result);
    }

    [Fact]
    public void A_state_file_of_nonsense_is_no_obstacle()
    {
        Random random = new(7);
        byte[] seed = System.Text.Encoding.UTF8.GetBytes("hbd-fencing-1\nshot node2 1700000000000\npending node2 1700000000000 reboot\nowes node2 1700000000000 a\n");
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. seed];
            for (int flips = random.Next(6); flips >= 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(_devices.PathOf("fencing"), bytes);
            Assert.Null(new FenceMemory(["node1", "node2"], _devices.Path).Problem);
        }
    }
}
