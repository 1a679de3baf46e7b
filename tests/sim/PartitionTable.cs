using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Hbd.Core;
using Hbd.Core.Config;

namespace Hbd.Sim;

/// <summary>
/// What each policy does in each way in which a pair can fall apart, measured and not told: one run for each cell, the same world as
/// every seed, nothing random in it. doc/split-brain.md is this text; a test compares them.
/// </summary>
internal static class PartitionTable
{
    private const int Owner = 0;
    private const int Other = 1;

    /// <summary>Long enough for every boot, retry and second shot.</summary>
    private static readonly Duration s_settles = Duration.FromSeconds(30);

    private static readonly Duration s_looks = Duration.FromMilliseconds(1);

    private static readonly (string Name, string Means, Action<SimOptionsBox> Set)[] s_policies =
    [
        ("split_brain = \"ignore\"", "the default: each group acts as its `require` says, here `\"none\"`", _ => { }),
        ("split_brain = \"freeze\"", "what runs runs on, nothing is started or taken", o => o.Policy(SplitBrain.Freeze)),
        ("split_brain = \"stop\"", "everything stops, addresses first, until the peer or the vote is back", o => o.Policy(SplitBrain.Stop)),
        ("split_brain = \"suicide\"", "a node that runs anything fences itself", o => o.Policy(SplitBrain.Suicide)),
        ("require = \"fence\"", "nothing is taken before the peer is proven off; no third vote is asked", o => o.Fence()),
    ];

    private static readonly (string Name, Action<SimWorld> Break, Action<SimWorld> Mend)[] s_partitions =
    [
        ("peer link cut", w => Cut(w), MendCables),
        ("peer link cut, owner without vote", w => Cut(w, Owner), MendCables),
        ("peer link cut, other without vote", w => Cut(w, Other), MendCables),
        ("peer link cut, both without vote", w => Cut(w, Owner, Other), MendCables),
        ("one way: owner is not heard", w => CutOneWay(w, Owner), MendCables),
        ("one way: other is not heard", w => CutOneWay(w, Other), MendCables),
        ("owner loses power", w => w.Crash(Owner), w => w.Start(Owner)),
        ("owner's daemon is killed", w => w.Kill(Owner), w => w.Start(Owner)),
        ("owner stands still", w => w.Pause(Owner), w => w.Resume(Owner)),
    ];

    public static Command Build()
    {
        Option<FileInfo> check = new("--check") { Description = "Only say whether this file says the same.", HelpName = "file" };
        check.AcceptExistingOnly();
        Command command = new("table", "What each policy does in each partition, as Markdown.") { check };
        command.SetAction(words =>
        {
            string table = Make();
            if (words.GetValue(check) is not { } file)
            {
                Console.Write(table);
                return 0;
            }

            bool same = File.ReadAllText(file.FullName) == table;
            Console.WriteLine(same ? "ok   table" : "FAIL table: " + file.Name + " is not what hbd-sim table prints: read the difference, then write it anew");
            return same ? 0 : 1;
        });
        return command;
    }

    private static string Make()
    {
        StringBuilder text = new(Head);
        foreach ((string name, string means, Action<SimOptionsBox> set) in s_policies)
        {
            text.Append("\n## `").Append(name).Append("`\n\n").Append(char.ToUpperInvariant(means[0])).Append(means[1..]).Append(".\n\n");
            text.Append("| What happens | the group runs on | two owners | after mending |\n|---|---|---|---|\n");
            SimOptionsBox box = new();
            set(box);
            foreach ((string partition, Action<SimWorld> breaks, Action<SimWorld> mends) in s_partitions)
            {
                Story story = Play(box.Options, breaks, mends);
                text.Append("| ").Append(partition).Append(" | ").Append(story.Broken).Append(" | ").Append(story.Double)
                    .Append(" | ").Append(story.Mended).Append(" |\n");
            }
        }

        return text.ToString();
    }

    private const string Head = """
        # What runs where when the pair falls apart

        Made by `hbd-sim table` and compared with it by every `make test`; not written by hand. The very core of the product runs on two
        simulated nodes: `srv1` owns one group (an address and a service) and is its preferred node, `srv2` is the other; both have a third
        vote. keepalive 100 ms, deadtime 500 ms, initdead 2 s; an agent takes 5 ms. A third vote that is lost is noticed at once, which a real
        one needs time for.

        "The group runs on" says what still runs 30 seconds after the break; the machine counts, not what its daemon believes. "Two owners" is
        how long both machines ran something of the group at once, from the break to 30 seconds after mending. After 30 seconds the cause is
        mended: cables, votes and power come back, a killed daemon is started, one that stood still goes on.

        With `require = "fence"` both nodes can shoot, the shot takes 300 ms, `srv2` waits one second before it shoots (`delay`), and a machine
        that was shot stays off until mending (`method = "off"`). A machine that fences itself boots again, into the same partition.

        No hardware watchdog is simulated here: with one, a machine whose daemon was killed and is not started again, or stands still, is
        reset after `watchdog_timeout`, and that ends its second ownership.

        """;

    private static Story Play(SimOptions options, Action<SimWorld> breaks, Action<SimWorld> mends)
    {
        SimWorld world = new(options, null);
        world.Start(Owner);
        world.Start(Other);
        world.Run(Duration.FromSeconds(5));
        Check.That(Where(world) == "srv1", "a run begins with the owner in place");
        breaks(world);
        long doubleNs = Watch(world);
        string broken = Where(world);
        bool lasts = broken == "both";
        mends(world);
        for (int node = 0; node < 2; node++)
        {
            world.Start(node);
        }

        doubleNs += Watch(world);
        string times = doubleNs == 0 ? "never"
            : doubleNs < 1_000_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{doubleNs / 1_000_000} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{doubleNs / 1e9:0.0} s");
        return new Story(broken, lasts ? "**until mended** (" + times + ")" : times, Where(world));
    }

    /// <summary>Lets the time pass in which things settle; how long both ran the group in it.</summary>
    private static long Watch(SimWorld world)
    {
        long doubleNs = 0;
        for (Duration passed = Duration.Zero; passed < s_settles; passed += s_looks)
        {
            world.Run(s_looks);
            doubleNs += world.Nodes[Owner].AnyActive(0) && world.Nodes[Other].AnyActive(0) ? s_looks.Nanoseconds : 0;
        }

        return doubleNs;
    }

    private static string Where(SimWorld world)
    {
        string[] on = world.Nodes.Where(n => n.AnyActive(0)).Select(n => SimWorld.Name(n.Number)).ToArray();
        return on.Length switch { 0 => "no node", 1 => on[0], _ => "both" };
    }

    private static void Cut(SimWorld world, params int[] withoutVote)
    {
        foreach (int node in withoutVote)
        {
            world.SetVote(node, lost: true);
        }

        CutOneWay(world, Owner);
        CutOneWay(world, Other);
    }

    private static void CutOneWay(SimWorld world, int from)
    {
        for (int link = 0; link < world.Network.Links; link++)
        {
            world.Network.Cut(link, from, cut: true);
        }
    }

    private static void MendCables(SimWorld world)
    {
        world.Network.MendAll();
        world.SetVote(Owner, lost: false);
        world.SetVote(Other, lost: false);
    }

    /// <param name="Double">In words.</param>
    private readonly record struct Story(string Broken, string Double, string Mended);

    /// <summary>One pair, to be given a policy.</summary>
    private sealed class SimOptionsBox
    {
        public SimOptions Options { get; private set; } = new()
        {
            Seed = 1,
            Groups = [2],
            DelayMin = Duration.FromMicroseconds(100),
            DelayMax = Duration.FromMicroseconds(100),
            AgentMin = Duration.FromMilliseconds(5),
            AgentMax = Duration.FromMilliseconds(5),
            FencedStaysOff = true,
        };

        public void Policy(SplitBrain policy) => Options = Options with { SplitBrain = policy };

        public void Fence() => Options = Options with
        {
            FencedGroups = 1,
            FenceMin = Duration.FromMilliseconds(300),
            FenceMax = Duration.FromMilliseconds(300),
            FenceDelay = [Duration.Zero, Duration.FromSeconds(1)],
        };
    }
}
