using Hbd.Core.Membership;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Membership;

/// <summary>
/// Goal: only a peer that is alive now is believed, and no recorded frame ever is. Method: one tracker, fed by hand.
/// </summary>
public sealed class PeerTrackerTests
{
    private static readonly Instant s_now = new(1_000);
    private readonly Packet _packet = new();
    private readonly PeerTracker _peer = new(2, new Prng(1), s_now);

    [Fact]
    public void Nothing_counts_before_our_nonce_came_back()
    {
        Assert.Equal(FrameVerdict.Unproven, Hear(generation: 5, sequence: 1));
        Assert.Equal(FrameVerdict.Unproven, Hear(generation: 5, sequence: 2, echo: _peer.Nonce + 1));
        Assert.False(_peer.InSession);
        Assert.False(_peer.Hears);
        Assert.Equal(FrameVerdict.Accepted, Hear(generation: 5, sequence: 3, echo: _peer.Nonce));
        Assert.True(_peer.InSession);
        Assert.True(_peer.Hears);
        Assert.Equal(5u, _peer.Generation);
    }

    [Fact]
    public void A_nonce_serves_for_two_lives_and_no_longer()
    {
        Duration life = Duration.FromSeconds(1);
        ulong first = _peer.Nonce;
        _peer.RenewNonce(s_now + life - new Duration(1), life);
        Assert.Equal(first, _peer.Nonce);
        _peer.RenewNonce(s_now + life, life);
        Assert.NotEqual(first, _peer.Nonce);
        _peer.RenewNonce(s_now + (life * 2), life);
        Assert.Equal(FrameVerdict.Unproven, Hear(5, 1, echo: first));
    }

    [Fact]
    public void An_answer_to_the_nonce_before_still_counts()
    {
        ulong first = _peer.Nonce;
        _peer.RenewNonce(s_now + Duration.FromSeconds(1), Duration.FromSeconds(1));
        Assert.Equal(FrameVerdict.Accepted, Hear(5, 1, echo: first));
    }

    [Fact]
    public void In_a_session_each_sequence_counts_once()
    {
        Establish(5, 10);
        Assert.Equal(FrameVerdict.Replayed, Hear(5, 10));
        Assert.Equal(FrameVerdict.Replayed, Hear(5, 9));
        Assert.Equal(FrameVerdict.Accepted, Hear(5, 12));
        Assert.Equal(FrameVerdict.Accepted, Hear(5, 11));
        Assert.Equal(FrameVerdict.Replayed, Hear(5, 12));
    }

    [Fact]
    public void A_late_frame_speaks_for_its_link_only()
    {
        Establish(5, 10);
        _packet.Clear();
        _packet.Flags = PacketFlags.HearsPeer;
        Assert.Equal(FrameVerdict.Accepted, Accept(5, 12, at: new Instant(2_000)).Verdict);
        _packet.Flags = PacketFlags.None;
        PacketEffect late = Accept(5, 11, at: new Instant(3_000), link: 1);
        Assert.Equal(FrameVerdict.Accepted, late.Verdict);
        Assert.False(late.Newest);
        Assert.Equal(PacketFlags.HearsPeer, _peer.Flags);
        Assert.Equal(new Instant(2_000), _peer.Heard);
        Assert.Equal(LinkState.Up, _peer.Link(1));
    }

    [Fact]
    public void An_earlier_start_of_the_peer_is_over()
    {
        Establish(5, 10);
        Assert.Equal(FrameVerdict.StaleGeneration, Hear(4, 1_000, echo: _peer.Nonce));
    }

    [Fact]
    public void A_newer_start_must_prove_itself_and_the_old_one_counts_until_then()
    {
        Establish(5, 10);
        Assert.Equal(FrameVerdict.Unproven, Hear(6, 1));
        Assert.True(_peer.NewerSeen);
        Assert.True(_peer.MustChallenge);
        Assert.False(_peer.Hears);
        Assert.Equal(FrameVerdict.Accepted, Hear(5, 11));
        Assert.Equal(FrameVerdict.Accepted, Hear(6, 2, echo: _peer.Nonce));
        Assert.False(_peer.NewerSeen);
        Assert.Equal(6u, _peer.Generation);
        Assert.Equal(FrameVerdict.StaleGeneration, Hear(5, 12));
    }

    [Theory]
    [InlineData(NodeState.Dead)]
    [InlineData(NodeState.Init)]
    public void After_a_session_its_frames_and_its_echo_are_void(NodeState end)
    {
        ulong used = _peer.Nonce;
        Establish(5, 10);
        _peer.Become(NodeState.Up, s_now);
        _peer.Become(end == NodeState.Init ? NodeState.Init : NodeState.Dead, s_now);
        Assert.Equal(FrameVerdict.Unproven, Hear(5, 11));
        Assert.Equal(FrameVerdict.Unproven, Hear(5, 12, echo: used));
        Assert.Equal(FrameVerdict.Accepted, Hear(5, 13, echo: _peer.Nonce));
    }

    [Fact]
    public void Whoever_left_says_nothing_more_until_it_is_started_again()
    {
        Establish(5, 10);
        _peer.Become(NodeState.Up, s_now);
        _peer.Become(NodeState.Left, s_now);
        Assert.Equal(FrameVerdict.StaleGeneration, Hear(5, 11, echo: _peer.Nonce));
        Assert.Equal(FrameVerdict.Accepted, Hear(6, 1, echo: _peer.Nonce));
    }

    [Fact]
    public void The_newest_hello_is_echoed_and_a_replayed_one_is_not()
    {
        Assert.True(Hello(5, 7, hello: 70).NewHello);
        Assert.Equal(70ul, _peer.NonceToEcho);
        Assert.False(Hello(5, 6, hello: 60).NewHello);
        Assert.Equal(70ul, _peer.NonceToEcho);
        Assert.False(Hello(4, 900, hello: 40).NewHello);
        Assert.Equal(70ul, _peer.NonceToEcho);
        Assert.True(Hello(6, 1, hello: 61).NewHello);
        Assert.False(Hello(6, 2, hello: 61).NewHello);
        Assert.False(Hello(6, 3, hello: 0).NewHello);
        Assert.Equal(0ul, _peer.NonceToEcho);
    }

    [Fact]
    public void An_answer_to_a_nonce_that_was_forgotten_is_too_old()
    {
        ulong asked = _peer.Nonce;
        _peer.ForgetNonce(s_now);
        Assert.Equal(FrameVerdict.Unproven, Hear(5, 1, echo: asked));
        Assert.Equal(FrameVerdict.Accepted, Hear(5, 2, echo: _peer.Nonce));
    }

    [Fact]
    public void Replays_put_off_nothing_twice()
    {
        _ = Accept(5, 7, at: new Instant(5_000));
        Assert.Equal(new Instant(5_000), _peer.UnprovenHeard);
        _ = Accept(5, 7, at: new Instant(9_000));
        Assert.Equal(new Instant(5_000), _peer.UnprovenHeard);
    }

    private void Establish(uint generation, ulong sequence) =>
        Assert.Equal(FrameVerdict.Accepted, Hear(generation, sequence, echo: _peer.Nonce));

    private FrameVerdict Hear(uint generation, ulong sequence, ulong echo = 0)
    {
        _packet.Clear();
        _packet.Echo = echo;
        return Accept(generation, sequence, s_now).Verdict;
    }

    private PacketEffect Hello(uint generation, ulong sequence, ulong hello)
    {
        _packet.Clear();
        _packet.Hello = hello;
        return Accept(generation, sequence, s_now);
    }

    private PacketEffect Accept(uint generation, ulong sequence, Instant at, int link = 0)
    {
        (_packet.Generation, _packet.Sequence) = (generation, sequence);
        return _peer.Accept(link, _packet, at);
    }
}
