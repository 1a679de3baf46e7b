"""The power controller as a fencing device: works, refuses, hangs, lies."""
import case
from case import PairTest
from pair import VIP
from test_2_failover import DEADTIME_S
from test_3_pause import FENCED, SHOT_S

AGENT = FENCED.replace('"external/pdu"', '"fence_pdu"\nplug = { srv1 = "srv1", srv2 = "srv2" }').replace('hostlist = "srv1,srv2"', "").replace("timeout = \"10s\"", 'timeout = "5s"')


class FencingTest(PairTest):
    CONFIG = FENCED

    def requests(self, since):
        return [request for _, request, _ in self.pair.bed.controller.asked[since:] if request.split()[0] in ("off", "cycle", "reset")]

    def asked(self):
        return len(self.pair.bed.controller.asked)

    def blocked(self, mode, seconds=SHOT_S + 10, because=("fence", "proof", "proven", "off")):
        """
        srv1 hangs and the controller misbehaves: srv2 starts nothing and says on what it waits. When the controller is mended the
        group goes on.
        """
        since, boot = self.asked(), self.machines["srv1"].boot_id()
        with self.pair.watch() as watch:
            self.pair.bed.controller.behave(mode)
            self.machines["srv1"].freeze()
            self.happens(lambda: [request for request in self.requests(since) if request.endswith(" srv1")], seconds,
                         "srv2 asks the controller for srv1")
            self.happens(lambda: (self.pair.group("srv2") or {}).get("state") == "blocked", 10, "the group is blocked")
            self.stays(lambda: not self.pair.holds("srv2") and watch.owner() == "nobody", 8, "srv2 starts nothing")
            reason = self.pair.group("srv2")["reason"]
            self.note("says: " + reason)
            self.assertTrue(any(word in reason for word in because), reason)
            self.assertIn("blocked", self.machines["srv2"].execute("hbctl status", 30)[1])
            self.pair.bed.controller.behave("ok")
            self.taken_over(watch, "srv2", 40)
            self.machines["srv1"].resume()
            self.returns("srv1", boot)
            self.assertEqual(0.0, watch.two_owners(), watch.story())


class Fencing(FencingTest):
    def test_cluster_glues_own_program_accepts_the_plugin(self):
        if self.machines["srv1"].execute("command -v stonith")[0]:
            self.skipTest("no cluster-glue in the machines' archive")
        self.assertIn("srv2", self.pair.run("srv1", "stonith -t external/pdu hostlist=srv1,srv2 -l"))
        self.pair.run("srv1", "stonith -t external/pdu hostlist=srv1,srv2 -S")

    def test_hbctl_tests_the_devices_and_shoots_nobody(self):
        since = self.asked()
        self.pair.run("srv1", "hbctl fence test")
        self.assertEqual([], self.requests(since))
        self.assertGreater(self.asked(), since)

    def test_power_off_is_proven_before_the_takeover(self):
        since = self.asked()
        with self.pair.watch() as watch:
            self.machines["srv1"].power_off()
            self.taken_over(watch, "srv2", SHOT_S)
            self.assertEqual(["cycle srv1"], self.requests(since))
            self.returns("srv1")
            self.assertEqual("srv2", watch.owner())
            self.note("outage %.1f s" % watch.outage())
            self.assertEqual(0.0, watch.two_owners(), watch.story())

    def test_with_all_cables_cut_exactly_one_survives(self):
        since = self.asked()
        boots = {node: machine.boot_id() for node, machine in self.machines.items()}
        with self.pair.watch() as watch:
            self.pair.bed.networks.isolate("net0")
            self.pair.bed.networks.isolate("net1")
            self.pair.bed.cable.cut = True
            self.happens(lambda: self.requests(since), SHOT_S, "one of them shoots")
            self.assertEqual(["cycle srv2"], self.requests(since), "srv1 shoots at once, srv2 two seconds later")
            self.assertEqual(boots["srv1"], self.machines["srv1"].boot_id())
            self.pair.bed.heal()
            self.returns("srv2", boots["srv2"])
            self.assertEqual(["cycle srv2"], self.requests(since))
            self.assertEqual({"srv1"}, {node for node, _, _ in watch.turns()}, watch.story())
            self.assertEqual(0, watch.lost()[0])

    def test_a_controller_that_refuses_blocks_the_group(self):
        self.blocked("fail")

    def test_a_controller_that_hangs_blocks_the_group(self):
        self.blocked("hang")


class FencingWithAnAgent(FencingTest):
    """A fence agent can be asked for the status, a plugin of cluster-glue cannot: so a lie is found out."""
    CONFIG = AGENT

    def test_a_controller_that_lies_blocks_the_group(self):
        self.blocked("lie")
