using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Hbd.Core.Auth;
using Hbd.Core.Comparing;
using Hbd.Core.Wire;
using Xunit;

namespace Hbd.Core.Tests.Comparing;

/// <summary>
/// Goal: what differs between two lists of items is found over any line, and the asking ends. Method: both sides by hand, with frames that are
/// short, lost, late, repeated or from another time.
/// </summary>
public sealed class ComparerTests : IDisposable
{
    private const long Wall = 1_700_000_000_000_000_000;
    private static readonly Duration s_gap = Duration.FromMilliseconds(5);
    private readonly Keyring _keyring = new(1, [new(1, "one"u8.ToArray()), new(2, "two"u8.ToArray())]);
    private readonly CompareCodec _ours = new("web", "srv1", "srv2");
    private readonly CompareCodec _theirs = new("web", "srv2", "srv1");
    private readonly CompareFrame _frame = new();
    private readonly byte[] _buffer = new byte[Limits.FrameBytes];
    private Instant _now = new(1_000_000_000);

    public void Dispose() => _keyring.Dispose();

    private static ComparedItem Item(string name, string text, byte kind = 1) => new(kind, name, name, Encoding.UTF8.GetBytes(text));

    private static List<ComparedItem> Items(params (string Name, string Text)[] items) => [.. items.Select(i => Item(i.Name, i.Text))];

    [Theory]
    [InlineData(Limits.FrameBytes)]
    [InlineData(108)]
    [InlineData(75)]
    public void Every_difference_is_found_on_every_line(int room)
    {
        List<ComparedItem> here = Items(("same", "a"), ("other", "b"), ("here", "c"), (new string('x', 200), "d"), ("ünï", "e"));
        List<ComparedItem> there = Items(("ünï", "e"), (new string('x', 200), "D"), ("same", "a"), ("other", "B"), ("thére, and a long name at that", "f"));
        Comparer comparer = Ask(here, there, room, out int questions);
        Assert.Equal(ComparerState.Done, comparer.State);
        Assert.Equal(5, comparer.Total);
        Assert.Equal(room == Limits.FrameBytes ? 1 : room == 75 ? 5 : questions, questions);
        string cut = comparer.Differences[2].Label;
        Assert.StartsWith("th", cut, StringComparison.Ordinal);
        Assert.StartsWith(cut, "thére, and a long name at that", StringComparison.Ordinal);
        Assert.Equal(
            [(ComparedPlace.Differs, new string('x', 200)), (ComparedPlace.Differs, "other"), (ComparedPlace.OnlyThere, cut), (ComparedPlace.OnlyHere, "here")],
            comparer.Differences.Select(d => (d.Place, d.Label)));
    }

    [Fact]
    public void Ten_thousand_items_are_compared_and_a_kind_tells_names_apart()
    {
        List<ComparedItem> here = [.. Enumerable.Range(0, 10_000).Select(i => Item("r" + i, "v", 4)), Item("r7", "group", 3)];
        List<ComparedItem> there = [.. Enumerable.Range(0, 10_000).Select(i => Item("r" + i, i == 5_000 ? "w" : "v", 4)), Item("r7", "group", 3)];
        Comparer comparer = Ask(here, there, Limits.FrameBytes, out int questions);
        Assert.Equal([(ComparedPlace.Differs, "r5000")], comparer.Differences.Select(d => (d.Place, d.Label)));
        Assert.InRange(questions, 100, 150);
    }

    /// <summary>These two have the same id (SHA-256 begins alike); the frames cannot tell them apart, their contents can.</summary>
    [Fact]
    public void Names_with_the_same_id_are_told_apart_by_content()
    {
        (string a, string b) = Collision();
        Comparer same = Ask(Items((a, "1"), (b, "2")), Items((b, "2"), (a, "1")), 200, out _);
        Assert.Empty(same.Differences);
        Comparer missing = Ask(Items((a, "1"), (b, "2")), Items((b, "2")), 200, out _);
        Assert.Equal([(ComparedPlace.OnlyHere, a)], missing.Differences.Select(d => (d.Place, d.Label)));
    }

    [Fact]
    public void A_question_is_repeated_until_it_is_answered()
    {
        Comparer comparer = new(7, 1);
        comparer.Begin(Items(("a", "1")), clockOnly: false, _now);
        for (int i = 0; i < Comparer.MissesMax - 1; i++)
        {
            Assert.True(comparer.TryAsk(_now, s_gap));
            Assert.Equal(i, comparer.Misses);
            Assert.False(comparer.TryAsk(_now + s_gap, s_gap), "not yet");
            _now = comparer.Next;
        }

        Assert.True(comparer.TryAsk(_now, s_gap));
        comparer.Answered(Reply(_now, 7, Items(("a", "2")), 0), _now + s_gap, Wall, _keyring);
        Assert.Equal(ComparerState.Done, comparer.State);
        Assert.Equal(0, comparer.Misses);
        Assert.Equal(Instant.Never, comparer.Next);
    }

    [Fact]
    public void A_peer_that_never_answers_is_given_up_after_ten_questions()
    {
        Comparer comparer = new(7, 1);
        comparer.Begin([], clockOnly: false, _now);
        int asked = 0;
        while (comparer.State == ComparerState.Asking)
        {
            asked += comparer.TryAsk(_now, s_gap) ? 1 : 0;
            _now = comparer.Next;
        }

        Assert.Equal((ComparerState.Failed, Comparer.MissesMax), (comparer.State, asked));
        Assert.False(comparer.TryAsk(new Instant(2_000_000_000), s_gap));
    }

    /// <summary>One item a minute: nobody waits for the end of that.</summary>
    [Fact]
    public void A_peer_that_answers_too_slowly_is_given_up()
    {
        List<ComparedItem> there = [.. Enumerable.Range(0, 1_000).Select(i => Item("resource " + i, "v"))];
        Comparer comparer = new(7, 1);
        comparer.Begin([], clockOnly: false, _now);
        Instant began = _now;
        Duration minute = Duration.FromSeconds(60);
        while (comparer.TryAsk(_now, minute))
        {
            comparer.Answered(Reply(_now, 7, there, comparer.Seen, 100), _now, Wall, _keyring);
            _now = comparer.Next;
        }

        Assert.Equal(ComparerState.Failed, comparer.State);
        Assert.InRange((_now - began).Seconds, Comparer.TimeMax.Seconds, Comparer.TimeMax.Seconds + 61);
    }

    [Fact]
    public void Answers_of_another_question_life_or_page_are_nothing()
    {
        List<ComparedItem> there = Items(("a", "1"));
        Comparer comparer = new(7, 1);
        comparer.Answered(Reply(_now, 7, there, 0), _now, Wall, _keyring);
        Assert.Equal(ComparerState.Idle, comparer.State);
        comparer.Begin(there, clockOnly: false, _now);
        Assert.True(comparer.TryAsk(_now, s_gap));
        comparer.Answered(Reply(_now - s_gap, 7, there, 0), _now, Wall, _keyring);
        comparer.Answered(Reply(_now + s_gap, 7, there, 0), _now, Wall, _keyring);
        comparer.Answered(Reply(_now, 6, there, 0), _now, Wall, _keyring);
        comparer.Answered(Reply(_now, 7, there, 1), _now, Wall, _keyring);
        Assert.Equal((ComparerState.Asking, 0), (comparer.State, comparer.Seen));

        // The answer to the first of two questions for the same page will do, and only once.
        Instant first = _now;
        _now = comparer.Next;
        Assert.True(comparer.TryAsk(_now, s_gap));
        comparer.Answered(Reply(first, 7, there, 0), _now, Wall, _keyring);
        Assert.Equal(ComparerState.Done, comparer.State);
        comparer.Answered(Reply(_now, 7, there, 0), _now, Wall, _keyring);
        Assert.Equal((1, 0), (comparer.Seen, comparer.Differences.Count));
    }

    [Theory]
    [InlineData(1, new[] { "r0" })]
    [InlineData(9, new[] { "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8" })]
    public void A_reload_of_the_other_node_begins_it_anew(int gone, string[] names)
    {
        List<ComparedItem> before = [.. Enumerable.Range(0, 9).Select(i => Item("r" + i, "v"))];
        List<ComparedItem> after = [.. before.Skip(gone), Item("new", "v")];
        Comparer comparer = new(7, 1);
        comparer.Begin(before, clockOnly: false, _now);
        Assert.True(comparer.TryAsk(_now, s_gap));
        comparer.Answered(Reply(_now, 7, before, 0, 108), _now, Wall, _keyring);
        Assert.InRange(comparer.Seen, 1, 8);
        _now = comparer.Next;
        Assert.True(comparer.TryAsk(_now, s_gap));
        comparer.Answered(Reply(_now, 7, after, comparer.Seen, 108, digest: 2), _now, Wall, _keyring);
        Assert.Equal(0, comparer.Seen);
        while (comparer.State == ComparerState.Asking)
        {
            _now = comparer.Next;
            Assert.True(comparer.TryAsk(_now, s_gap));
            comparer.Answered(Reply(_now, 7, after, comparer.Seen, 108, digest: 2), _now, Wall, _keyring);
        }

        Assert.False(comparer.Agrees);
        Assert.Equal(["new", .. names], comparer.Differences.Select(d => d.Label));
    }

    [Fact]
    public void The_clock_s_error_is_half_the_way_and_holds_what_is_true()
    {
        Duration truth = Duration.FromSeconds(3);
        foreach ((int there, int back) in new[] { (1, 1), (0, 10), (10, 0), (3, 200) })
        {
            Comparer comparer = new(7, 1);
            comparer.Begin([], clockOnly: true, _now);
            Assert.True(comparer.TryAsk(_now, s_gap));
            Instant made = _now + Duration.FromMilliseconds(there);
            CompareFrame answer = Reply(_now, 7, Items(("a", "1")), 0);
            answer.WallNs = Wall + made.Nanoseconds + truth.Nanoseconds;
            _now = made + Duration.FromMilliseconds(back);
            comparer.Answered(answer, _now, Wall + _now.Nanoseconds, _keyring);
            Assert.Equal(ComparerState.Done, comparer.State);
            Assert.Empty(comparer.Differences);
            Assert.Equal(Duration.FromMilliseconds(there + back) / 2, comparer.ClockError);
            Assert.InRange((comparer.ClockOffset!.Value - truth).Nanoseconds, -comparer.ClockError.Nanoseconds, comparer.ClockError.Nanoseconds);
        }
    }

    [Fact]
    public void The_gate_answers_each_question_once_and_not_too_often()
    {
        CompareGate gate = new();
        CompareFrame question = new() { Generation = 5, Sequence = 10 };
        Assert.True(gate.IsFresh(question));
        Assert.False(gate.IsFresh(question));
        question.Sequence = 9;
        Assert.False(gate.IsFresh(question));
        (question.Generation, question.Sequence) = (6, 1);
        Assert.True(gate.IsFresh(question));
        (question.Generation, question.Sequence) = (5, 99);
        Assert.False(gate.IsFresh(question));
        Assert.True(gate.MayAnswer(_now, s_gap));
        Assert.False(gate.MayAnswer(_now + (s_gap / 2), s_gap));
        Assert.True(gate.MayAnswer(_now + s_gap, s_gap));
    }

    [Fact]
    public void A_digest_is_made_with_the_key_that_signs()
    {
        Assert.Equal(_keyring.Tag(1, "x"u8), _keyring.Tag(1, "x"u8));
        Assert.NotEqual(_keyring.Tag(1, "x"u8), _keyring.Tag(2, "x"u8));
        Assert.NotEqual(_keyring.Tag(1, "x"u8), _keyring.Tag(1, "y"u8));
    }

    private Comparer Ask(List<ComparedItem> here, List<ComparedItem> there, int room, out int questions)
    {
        Comparer comparer = new(7, 1);
        comparer.Begin(here, clockOnly: false, _now);
        questions = 0;
        while (comparer.TryAsk(_now, s_gap))
        {
            questions++;
            comparer.Answered(Reply(_now, 7, there, comparer.Seen, room), _now, Wall, _keyring);
            _now = comparer.State == ComparerState.Asking ? comparer.Next : _now;
        }

        return comparer;
    }

    /// <summary>What the other node would say, as it arrives here.</summary>
    private CompareFrame Reply(Instant sent, uint generation, List<ComparedItem> items, int first, int room = Limits.FrameBytes, uint digest = 1)
    {
        int length = _ours.WriteQuestion(generation, (ulong)sent.Nanoseconds, first, _buffer, _keyring);
        Assert.Equal(FrameVerdict.Accepted, _theirs.Read(_buffer.AsSpan(0, length), _keyring, _frame));
        Assert.False(_frame.IsAnswer);
        length = _theirs.WriteAnswer(_frame, items, digest, Wall, _buffer.AsSpan(0, room), _keyring);
        Assert.InRange(length, 1, room);
        FrameVerdict verdict = _ours.Read(_buffer.AsSpan(0, length), _keyring, _frame);
        Assert.Equal(FrameVerdict.Accepted, verdict);
        Assert.True(_frame.IsAnswer);
        return _frame;
    }

    private static (string A, string B) Collision()
    {
        Dictionary<uint, string> seen = [];
        for (int i = 0; ; i++)
        {
            string name = "n" + i;
            if (!seen.TryAdd(WireId.Of(name), name))
            {
                return (seen[WireId.Of(name)], name);
            }
        }
    }
}
