"""
The sample with DRBD and PostgreSQL as it is shipped, with the kernel's drbd 8.4 and ocf:linbit:drbd, and the same disk under drbddisk.
What a client was told that it is in the database must be there afterwards, wherever the database runs.
"""
import case
from case import PairTest
from drbd import PG, Replicated, Writer, reason_to_skip, sample
from pair import Pace, VIP

# Programs start slowly in an emulated machine, and the agents are scripts that start many.
START_S = 120
MOVE_S = 180
CONFIG = sample()


class DrbdTest(PairTest):
    """A disk that is replicated, whole, and primary at srv1 at the beginning of every test."""
    CONTENT = CONFIG
    FENCING = True
    disk = None

    def setUp(self):
        super().setUp()
        self.pair.usable()
        if reason := reason_to_skip(self.machines["srv1"]):
            self.skipTest(reason)
        if not DrbdTest.disk:
            self.pair.on_both("systemctl stop hbd", 90)
            disk = Replicated(self.pair)
            disk.make()
            DrbdTest.disk = disk
        self.before()
        self.pair.ready(self.CONTENT, start_s=START_S)
        self.disk.configure(self.FENCING)
        self.happens(lambda: self.disk.whole("srv1"), START_S, "both copies are the same, srv1 is primary")

    def before(self):
        """What has to be so before hbd runs with this configuration."""

    def one_primary(self, node):
        """There, and the file system with it."""
        other = [name for name in self.machines if name != node][0]
        self.assertEqual("Primary", self.disk.said(node, "role").split("/")[0])
        self.assertTrue(self.disk.mounted(node))
        if self.machines[other].pid():
            self.assertNotEqual("Primary", self.disk.said(other, "role").split("/")[0])
            self.assertFalse(self.disk.mounted(other))


class PromotableTest(DrbdTest):
    def setUp(self):
        super().setUp()
        self.sql("srv1", "create table if not exists t (n int primary key)")
        self.since = len(self.pair.bed.controller.asked)

    def sql(self, node, command):
        return self.pair.run(node, "PGCONNECT_TIMEOUT=10 %s/psql -h %s -U postgres -qAt template1 -c '%s'" % (PG, VIP, command), 60).split()

    def resources(self, node):
        return [(resource["name"], resource["state"]) for resource in self.pair.group(node)["resources"]]

    def role(self, node):
        group = self.pair.group(node)
        return group and group["resources"][0]["state"]

    def write_from(self, node):
        last = self.sql("srv1", "select coalesce(max(n), 0) from t")
        return Writer(self.pair, node, int(last[0]) + 1)

    def nothing_lost(self, node, accepted):
        there = {int(line) for line in self.sql(node, "select n from t")}
        self.note("%d rows accepted, %d of them lost" % (len(accepted), len(accepted - there)))
        self.assertEqual(set(), accepted - there)

    def score(self, node):
        """What the agent has set, and hbctl status says."""
        return self.pair.group(node)["resources"][0]["score"]

    def shots(self):
        return [request for _, request, _ in self.pair.bed.controller.asked[self.since:] if request.split()[0] in ("off", "on", "cycle", "reset")]


class Drbd1Promotable(PromotableTest):
    """As the sample says, with the handler for a lost peer."""

    def test_one_is_promoted_and_the_other_follows(self):
        self.one_primary("srv1")
        self.assertEqual([("r0", "promoted")], self.resources("srv1")[:1])
        self.assertEqual([("r0", "unpromoted")], self.resources("srv2")[:1])
        self.sql("srv1", "insert into t values (0) on conflict do nothing")
        self.assertEqual(["0"], self.sql("srv2", "select n from t where n = 0"))
        for node in self.machines:
            self.happens(lambda node=node: self.score(node) == 10000, 30, "the score of a good copy at " + node)
            self.assertIn("score 10000", self.pair.run(node, "hbctl status"))

    def test_a_standby_moves_it_with_all_that_was_written(self):
        with self.write_from("srv2") as writer, self.pair.watch() as watch:
            self.happens(lambda: len(writer.accepted()) > 20, 30, "rows are accepted")
            self.pair.run("srv1", "hbctl standby")
            self.taken_over(watch, "srv2", MOVE_S)
            accepted = writer.accepted()
            self.assertEqual(0.0, watch.two_owners(), watch.story())
            self.note("outage %.1f s" % watch.outage())
        self.one_primary("srv2")
        self.nothing_lost("srv2", accepted)
        self.assertTrue(self.disk.whole("srv2"))
        self.assertEqual("unpromoted", self.role("srv1"))
        self.assertEqual([], self.shots(), "a demotion is no reason to shoot")

    def test_the_death_of_the_primary(self):
        with self.write_from("srv2") as writer, self.pair.watch() as watch:
            self.happens(lambda: len(writer.accepted()) > 20, 30, "rows are accepted")
            self.machines["srv1"].power_off()
            self.taken_over(watch, "srv2", MOVE_S)
            accepted = writer.accepted()
            self.one_primary("srv2")
            self.nothing_lost("srv2", accepted)
            self.sql("srv2", "insert into t select generate_series(1000000, 1000999)")
            self.assertEqual(["off srv1", "on srv1"], self.shots(), "DRBD's handler shoots nobody a second time")
            self.returns("srv1")
            self.happens(lambda: self.disk.whole("srv2"), START_S, "srv1 is secondary and has caught up")
            self.happens(lambda: self.role("srv1") == "unpromoted", 30, "hbd on srv1 says so")
            self.stays(lambda: watch.owner() == "srv2", 3, "srv1 takes nothing")
            self.note("outage %.1f s" % watch.outage())
            self.assertEqual(0.0, watch.two_owners(), watch.story())
        self.pair.run("srv1", "hbctl takeover")
        self.happens(lambda: self.pair.holds("srv1"), MOVE_S, "it goes home")
        self.one_primary("srv1")
        self.nothing_lost("srv1", accepted | set(range(1000000, 1001000)))

    def test_a_copy_that_was_cut_off_is_not_promoted(self):
        """
        The replication link is cut, and nothing else. srv1 has srv2 switched off before it writes on alone; srv2 knows afterwards that its copy may be
        old, and does not serve with it when srv1 dies.
        """
        with self.pair.watch() as watch:
            self.pair.bed.networks.cut("net1")
            self.happens(lambda: self.shots()[-1:] == ["on srv2"], 90, "srv1 has srv2 reset")
            self.assertEqual({"off srv2", "on srv2"}, set(self.shots()))
            self.happens(lambda: self.disk.said("srv1", "dstate") == "UpToDate/Outdated", 30, "DRBD goes on alone")
            self.sql("srv1", "insert into t values (-2) on conflict do nothing")
            self.machines["srv2"].wait_ready(case.BOOT_S * Pace.factor)
            self.happens(lambda: self.role("srv2") == "unpromoted", START_S, "the instance runs on srv2")
            self.assertEqual("Consistent/DUnknown", self.disk.said("srv2", "dstate"))
            self.happens(lambda: (self.score("srv2") or 0) < 0, 30, "its score forbids to promote it")
            self.assertEqual("srv1", watch.owner())

            self.machines["srv1"].power_off()
            self.happens(lambda: self.shots()[-1:] == ["on srv1"], 60, "srv2 has srv1 reset")
            self.stays(lambda: not self.pair.holds("srv2") and not self.disk.mounted("srv2"), 10, "srv2 serves nothing")
            self.note("srv2 says: " + (self.pair.group("srv2")["reason"] or "nothing"))
            self.machines["srv1"].wait_ready(case.BOOT_S * Pace.factor)
            self.taken_over(watch, "srv1", MOVE_S + START_S)
            self.assertEqual(["-2"], self.sql("srv1", "select n from t where n = -2"))
            self.assertEqual({"srv1"}, {node for node, _, _ in watch.turns()}, watch.story())
        self.pair.bed.heal()
        self.happens(lambda: self.disk.whole("srv1"), START_S, "connected again, and the same")
        self.happens(lambda: self.score("srv2") == 10000, 60, "the score of a good copy at srv2")


class Drbd2WithoutFencing(PromotableTest):
    """DRBD as it is when nothing is said about a lost peer: it goes on alone, and hbd shoots nobody for it."""
    FENCING = False

    def test_a_replication_link_that_is_cut_moves_nothing(self):
        with self.pair.watch() as watch:
            self.pair.bed.networks.cut("net1")
            self.happens(lambda: self.disk.said("srv1", "dstate") == "UpToDate/DUnknown", 60, "DRBD has noticed")
            self.sql("srv1", "insert into t values (-1) on conflict do nothing")
            # The copy that falls behind says that it is good, but not as good as it gets.
            self.happens(lambda: self.score("srv2") == 1000, 60, "srv2 says that it knows nothing of the peer's copy")
            self.assertEqual(10000, self.score("srv1"))
            self.assertIn("score 1000", self.pair.run("srv2", "hbctl status"))
            self.stays(lambda: self.pair.holds("srv1") and watch.owner() == "srv1", 10, "nothing moves")
            self.pair.bed.heal()
            self.happens(lambda: self.disk.whole("srv1"), START_S, "connected again, and the same")
            self.happens(lambda: self.score("srv2") == 10000, 60, "the score of a good copy at srv2")
            self.assertEqual({"srv1"}, {node for node, _, _ in watch.turns()}, watch.story())
        self.assertEqual([], self.shots())


class Drbd3ByDrbddisk(DrbdTest):
    """A line as heartbeat had it. DRBD itself is started by the system."""
    FENCING = False
    CONTENT = CONFIG[:CONFIG.index("[[group]]")] + (
        '[haresources]\nsrv1 = ["drbddisk::r0 Filesystem::/dev/drbd0::/srv/data::ext4 %s/24/eth0"]\n' % VIP)

    def before(self):
        if self.pair.config != self.CONTENT:
            self.pair.on_both("systemctl stop hbd; drbdadm up r0", 120)

    def test_start_and_standby(self):
        self.one_primary("srv1")
        self.pair.run("srv1", "echo written > /srv/data/file; sync /srv/data/file")
        with self.pair.watch() as watch:
            self.pair.run("srv1", "hbctl standby")
            self.taken_over(watch, "srv2", MOVE_S)
            self.note("outage %.1f s" % watch.outage())
            self.assertEqual(0.0, watch.two_owners(), watch.story())
        self.one_primary("srv2")
        self.assertEqual("written", self.pair.run("srv2", "cat /srv/data/file").strip())
