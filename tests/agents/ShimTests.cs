using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using System.Xml.Linq;
using Hbd.Daemon.Agents;
using Hbd.Daemon.Shims;
using Xunit;

namespace Hbd.Agents.Tests;

/// <summary>Pacemaker's tools as agents call them; the command lines are those of resource-agents and Pacemaker's own agents.</summary>
public sealed class ShimTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hbd-shims-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Theory]
    [InlineData("crm_attribute -N node1 -l reboot --name galera-bootstrap -v true", "crm_attribute -N node1 -l reboot --name galera-bootstrap --quiet", "true")]
    [InlineData("crm_attribute -l reboot -N node1 -n x -v 5", "crm_attribute -N node1 -l reboot --name x --query", "scope=status  name=x value=5")]
    [InlineData("crm_attribute --type crm_config --name p_REPL_INFO -s redis_replication -v node1 -q", "crm_attribute --type crm_config --name p_REPL_INFO -s redis_replication --query -q", "node1")]
    [InlineData("crm_attribute -N node2 -l forever -n site -v b", "crm_attribute --node node2 -l forever --name site --query -q", "b")]
    [InlineData("crm_attribute --promotion -v -INFINITY", "crm_master -l reboot -G --quiet", "-INFINITY")]
    [InlineData("crm_master -Q -l reboot -v 100", "crm_attribute -p -G -q", "100")]
    [InlineData("crm_attribute -p r1 -v 7", "crm_attribute -n master-r1 -l reboot -Gq", "7")]
    [InlineData("crm_attribute -t nodes --node node1 -z -n cpu -v 4", "crm_attribute --quiet -t nodes --node node1 -z -n cpu", "4")]
    [InlineData("attrd_updater -p -n db-gtid -U 0-1-2", "attrd_updater -p -N node1 -n db-gtid -Q", "name=\"db-gtid\" host=\"node1\" value=\"0-1-2\"")]
    [InlineData("attrd_updater -d 30s -S status -n load -B 3", "crm_attribute -l reboot -n load -G --quiet", "3")]
    [InlineData("attrd_updater -n #health-cpu -U red -d 30s", "attrd_updater -n #health-cpu -Q", "name=\"#health-cpu\" host=\"node1\" value=\"red\"")]
    [InlineData("crm_resource -r vm -z -p cpu -v 2", "crm_resource -Q -r vm -z -g cpu", "2")]
    [InlineData("crm_node -l", "crm_node -n", "node1")]
    [InlineData("crm_node -l", "crm_node -i", "1")]
    [InlineData("crm_node -l", "crm_node -N 2", "node2")]
    [InlineData("crm_node -l", "crm_node -l -p", "node1")]
    [InlineData("crm_node -l", "crm_node -q", "1")]
    [InlineData("crm_node -q", "crm_node -l", "1 node1 member\n2 node2 unknown")]
    [InlineData("crm_standby -D", "crm_standby -G -q", "off")]
    [InlineData("crm_standby -G", "crm_standby -N node2", "scope=nodes  name=standby value=off")]
    [InlineData("crm_failcount -G", "crm_failcount -q", "0")]
    [InlineData("crm_failcount -G", "crm_failcount -r r0 -N node1", "scope=status  name=fail-count-r0 value=0")]
    [InlineData("crm_node -l", "crm_attribute --type=crm_config --name=stonith-enabled --query --quiet --default=true", "true")]
    public void What_was_set_is_answered(string first, string second, string expected)
    {
        Assert.Equal(0, Run(first).Code);
        Assert.Equal((0, expected + "\n"), (Run(second).Code, Run(second).Output));
    }

    [Theory]
    [InlineData("crm_attribute -N node1 -l reboot -n nosuch -G", 105, "nosuch")]
    [InlineData("attrd_updater -n nosuch -Q", 105, "nosuch")]
    [InlineData("attrd_updater -n x -N node3 -v 1", 105, "node3")]
    [InlineData("crm_attribute -N node3 -n x -v 1", 105, "node3")]
    [InlineData("crm_resource -Q -r vm -z -g cpu", 105, "cpu")]
    [InlineData("crm_node -N 3", 105, "3")]
    [InlineData("crm_attribute -N node1 -n x --frobnicate", 64, "--frobnicate")]
    [InlineData("crm_mon -1 -Z", 64, "-Z")]
    [InlineData("crm_attribute -n", 64, "-n needs an argument")]
    [InlineData("crm_attribute -G", 64, "--name")]
    [InlineData("crm_attribute -n x -l never -G", 64, "never")]
    [InlineData("crm_node node1", 64, "node1")]
    [InlineData("crm_resource -r vm -p cpu -v 2", 69, "hbd.toml")]
    [InlineData("crm_standby -v on", 69, "hbctl standby")]
    [InlineData("crm_standby -N node3 -G", 105, "node3")]
    [InlineData("crm_failcount -D", 69, "hbctl cleanup")]
    [InlineData("crm_failcount -r other", 105, "other")]
    [InlineData("crm_failcount -N node2", 105, "node2")]
    [InlineData("cibadmin -Q", 69, "cluster information base")]
    public void What_cannot_be_answered_is_said_with_the_code_of_the_real_tool(string line, int code, string words)
    {
        (int actual, string output, string errors) = Run(line);
        Assert.Equal((code, ""), (actual, output));
        Assert.Contains(words, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_deleted_is_gone_and_deleting_it_again_is_no_error()
    {
        Run("crm_attribute -l reboot -n x -v 1");
        Assert.Equal(0, Run("crm_attribute -l reboot -n x -D").Code);
        Assert.Equal(0, Run("attrd_updater -n x -D").Code);
        Assert.Equal(105, Run("attrd_updater -n x -Q").Code);
    }

    [Fact]
    public void What_ends_with_the_boot_and_what_stays_are_kept_apart()
    {
        Run("crm_attribute -N node1 -l reboot -n x -v transient");
        Run("crm_attribute -N node1 -l forever -n x -v permanent");
        Directory.Delete(_directory + "/run", true);
        Assert.Equal(105, Run("crm_attribute -N node1 -l reboot -n x -G").Code);
        Assert.Equal("permanent\n", Run("crm_attribute -N node1 -l forever -n x -Gq").Output);
    }

    [Fact]
    public void The_monitor_is_xml_that_calls_only_this_node_online()
    {
        foreach (string format in (string[])["--output-as=xml", "--as-xml"])
        {
            XElement root = XElement.Parse(Run("crm_mon -1 " + format).Output);
            Assert.Equal(["true", "false"], root.Descendants("node").Select(n => n.Attribute("online")!.Value));
            Assert.Empty(root.Element("resources")!.Elements());
        }
    }

    [Fact]
    public void Writers_side_by_side_lose_nothing()
    {
        Parallel.For(0, 40, i => Assert.Equal(0, Run("attrd_updater -n a" + i + " -v " + i).Code));
        Assert.All(Enumerable.Range(0, 40), i => Assert.Equal(i + "\n", Run("crm_attribute -l reboot -n a" + i + " -Gq").Output));
    }

    [Fact]
    public void The_file_is_bounded()
    {
        AttributeStore store = new(_directory, "full");
        Assert.Contains("1 to 255", Assert.Throws<IOException>(() => store.Set("s", new string('n', 256), "")).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => store.Set("s", "n", new string('v', AttributeStore.MaxValueChars + 1)));
        Dictionary<(string, string), StoredAttribute> full = Enumerable.Range(0, AttributeStore.MaxAttributes)
            .ToDictionary(i => ("s", "n" + i), _ => new StoredAttribute(new string('€', AttributeStore.MaxValueChars), 0));
        File.WriteAllText(_directory + "/full", AttributeStore.Format(full));
        store.Set("s", "n0", "fits");
        Assert.Equal("fits", store.Get("s", "n0"));
        Assert.Contains("no room", Assert.Throws<IOException>(() => store.Set("s", "more", "")).Message, StringComparison.Ordinal);
        File.WriteAllText(_directory + "/large", new string('x', AttributeStore.MaxFileBytes + 1));
        Assert.Throws<IOException>(() => new AttributeStore(_directory, "large").Get("s", "n"));
    }

    [Fact]
    public void What_the_daemon_has_numbered_keeps_its_number_until_it_changes_and_leaves_a_mark()
    {
        File.WriteAllText(_directory + "/numbered", "s\ta\t1\t7\ns\tb\t\t-8\n");
        AttributeStore store = new(_directory, "numbered");
        Assert.Equal(("1", null), (store.Get("s", "a"), store.Get("s", "b")));
        store.Set("s", "a", "1");
        Assert.False(store.Delete("s", "b"));
        Assert.Equal(new StoredAttribute("1", 7), store.Read()[("s", "a")]);
        store.Set("s", "a", "2");
        store.Set("s", "b", "3");
        Assert.Equal("s\ta\t2\ns\tb\t3\n", File.ReadAllText(_directory + "/numbered"));
        Assert.True(store.Delete("s", "a"));
        Assert.Equal("s\ta\t\t-0\ns\tb\t3\n", File.ReadAllText(_directory + "/numbered"));
        foreach (string version in (string[])["x", "-", "2147483648", "1\t2"])
        {
            Assert.Throws<IOException>(() => AttributeStore.Parse("s\ta\t1\t" + version + "\n", "bad"));
        }
    }

    [Fact]
    public void A_broken_file_is_told_with_its_line()
    {
        Directory.CreateDirectory(_directory + "/run");
        File.WriteAllText(_directory + "/run/node1", "status\ta\tb\nnonsense\n");
        (int code, _, string errors) = Run("attrd_updater -n a -Q");
        Assert.Equal(74, code);
        Assert.Contains("run/node1:2: expected", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_any_attributes_survive_the_file()
    {
        Random random = new(11);
        const string Alphabet = "ab\\\t\nnt\r€=\0";
        for (int round = 0; round < 5000; round++)
        {
            string text = Text(random, Alphabet, random.Next(60));
            try
            {
                _ = AttributeStore.Parse(text, "fuzz");
            }
            catch (IOException e)
            {
                Assert.StartsWith("fuzz:", e.Message, StringComparison.Ordinal);
            }

            Dictionary<(string, string), StoredAttribute> one = new()
            {
                [("s" + text, "n" + Text(random, Alphabet, 5))] = new StoredAttribute(round % 5 == 0 ? null : Text(random, Alphabet, 20), (uint)random.Next(3)),
            };
            Assert.Equal(one, AttributeStore.Parse(AttributeStore.Format(one), "again"));
        }
    }

    private static string Text(Random random, string alphabet, int length)
    {
        StringBuilder text = new();
        for (int i = 0; i < length; i++)
        {
            text.Append(alphabet[random.Next(alphabet.Length)]);
        }

        return text.ToString();
    }

    /// <summary>ocf:linbit:drbd asks so, and looks for "is running on: NODE Master".</summary>
    [Theory]
    [InlineData("node1 node2", "node2", 0, "resource r0 is running on: node1\nresource r0 is running on: node2 Master\n")]
    [InlineData("node1", null, 0, "resource r0 is running on: node1\n")]
    [InlineData("", null, 0, "resource r0 is NOT running\n")]
    public void An_agent_is_told_where_its_resource_runs(string runs, string? promoted, int code, string expected)
    {
        (int actual, string output, _) = Run("crm_resource --resource r0 --locate", runs, promoted);
        Assert.Equal((code, expected), (actual, output));
        Assert.Equal(105, Run("crm_resource -r r1 -W", runs, promoted).Code);
    }

    /// <summary>DRBD's agent deletes its score before it ever had one, where the disk may be an old one.</summary>
    [Fact]
    public void An_agent_that_withdraws_its_score_is_not_to_be_promoted()
    {
        Assert.Null(PromotionScore.Read(_directory + "/run", "node1", "r0"));
        Run("crm_attribute -N node1 -l reboot -n master-r1 -D");
        Assert.Null(PromotionScore.Read(_directory + "/run", "node1", "r1"));
        Assert.Equal(0, Run("crm_master -l reboot -D").Code);
        Assert.Equal(-1, PromotionScore.Read(_directory + "/run", "node1", "r0"));
        Assert.Equal(105, Run("crm_master -q -l reboot -G").Code);
        Run("crm_master -Q -l reboot -v 1000");
        Assert.Equal(1000, PromotionScore.Read(_directory + "/run", "node1", "r0"));
        Run("crm_attribute --promotion -D");
        Assert.Equal(-1, PromotionScore.Read(_directory + "/run", "node1", "r0"));
    }

    /// <summary>The mysql agent of the other node asks so after a promotion; what it must not find is what it set when it was promoted itself.</summary>
    [Theory]
    [InlineData("mysql", "node2|bin.000001|322", "node2", 0, "node2|bin.000001|322\n")]
    [InlineData("mysql", "10.0.0.2|bin.000001|322", "node2", 0, "10.0.0.2|bin.000001|322\n")]
    [InlineData("mariadb", "node2", "node2", 0, "node2\n")]
    [InlineData("mysql", "node1|bin.000001|322", "node2", 105, "")]
    [InlineData("mysql", "10.0.0.1|bin.000001|322", "node2", 105, "")]
    [InlineData("mariadb", "node1", "node2", 105, "")]
    [InlineData("mysql", null, "node2", 105, "")]
    [InlineData("mysql", "node1|bin.000001|322", "node1", 0, "node1|bin.000001|322\n")]
    [InlineData("mysql", "node1|bin.000001|322", null, 0, "node1|bin.000001|322\n")]
    [InlineData("redis", "node1", "node2", 0, "node2\n")]
    [InlineData("redis", "node1", "node1", 0, "node1\n")]
    [InlineData("other", "node1", "node2", 0, "node1\n")]
    public void The_node_to_replicate_from_is_never_this_one_while_the_other_is_promoted(
        string type, string? stored, string? promoted, int code, string expected)
    {
        Run("crm_attribute -N node1 -l forever -n r0_mysql_master_IP -v 10.0.0.1");
        if (stored is not null)
        {
            Run("crm_attribute --type crm_config --name r0_REPL_INFO -s mysql_replication -v " + stored);
        }

        (int actual, string output, _) = Run(
            "crm_attribute --type crm_config --name r0_REPL_INFO -s mysql_replication --query -q", "node1 node2", promoted, type);
        Assert.Equal((code, expected), (actual, output));
    }

    [Fact]
    public async Task What_the_promoted_node_has_set_is_waited_for()
    {
        const string Query = "crm_attribute --type crm_config --name r0_REPL_INFO -s mysql_replication --query -q";
        Run("crm_attribute --type crm_config --name r0_REPL_INFO -v node1|bin.000001|322");
        Task<(int Code, string Output, string Errors)> asks = Task.Run(() => Run(Query, "node1 node2", "node2", "mysql", TimeSpan.FromSeconds(60)));
        await Task.Delay(50);
        Assert.False(asks.IsCompleted);
        Run("crm_attribute --type crm_config --name r0_REPL_INFO -v node2|bin.000002|4");
        Assert.Equal((0, "node2|bin.000002|4\n", ""), await asks);
    }

    private (int Code, string Output, string Errors) Run(
        string line, string runs = "", string? promoted = null, string? type = null, TimeSpan patience = default)
    {
        string[] words = line.Split(' ');
        using StringWriter output = new();
        using StringWriter errors = new();
        int code = ShimProgram.Run(words[0], words[1..], new ShimContext
        {
            Node = "node1",
            Nodes = ["node1", "node2"],
            TransientDirectory = _directory + "/run",
            PersistentDirectory = _directory + "/lib",
            Instance = "r0",
            Type = type,
            Promoted = promoted,
            Patience = patience,
            Runs = runs.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Output = output,
            Errors = errors,
        });
        return (code, output.ToString(), errors.ToString());
    }
}
