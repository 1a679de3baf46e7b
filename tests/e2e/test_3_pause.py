"""A node that stands still for longer than deadtime, and goes on."""
import time

import case
from case import PairTest
from pair import CABLES, TIMES, VIP
from test_2_failover import DEADTIME_S, PLAIN

# srv1 wins when both shoot. No brake: one machine is shot many times in these tests.
FENCED = TIMES + CABLES + """
[[stonith]]
host = "srv1"
agent = "external/pdu"
params = { hostlist = "srv1,srv2" }
delay = "2s"
timeout = "10s"
retries = 0
brake = { count = 0, within = "30m" }

[[stonith]]
host = "srv2"
agent = "external/pdu"
params = { hostlist = "srv1,srv2" }
timeout = "10s"
retries = 0
brake = { count = 0, within = "30m" }

[[group]]
name = "disk"
node = "srv1"
require = "fence"
resources = ["%s/24/eth0"]
""" % VIP
SHOT_S = DEADTIME_S + 2 + 10
# Without a proof: what was queued for the machine while it stood still, and the turn of the loop that lets go.
BOTH_S = 1.0


class PauseWithFencing(PairTest):
    CONFIG = FENCED

    def pause(self, how):
        boot = self.machines["srv1"].boot_id()
        asked = len(self.pair.bed.controller.asked)
        with self.pair.watch() as watch:
            how()
            self.taken_over(watch, "srv2", SHOT_S)
            requests = [request for _, request, _ in self.pair.bed.controller.asked[asked:] if request != "list"]
            self.assertEqual(["cycle srv1"], requests)
            self.machines["srv1"].resume()
            self.returns("srv1", boot)
            self.assertEqual("srv2", watch.owner())
            self.note("outage %.1f s" % watch.outage())
            self.assertGreater(watch.outage(), DEADTIME_S - 1, "it stood still")
            self.assertEqual(0.0, watch.two_owners(), watch.story())

    def test_a_machine_that_hangs_is_shot_and_never_owns_again(self):
        self.pause(self.machines["srv1"].freeze)

    def test_a_machine_that_is_suspended_is_shot_and_never_owns_again(self):
        self.pause(self.machines["srv1"].suspend)


class PauseWithoutFencing(PairTest):
    CONFIG = PLAIN

    def pause(self, how):
        with self.pair.watch() as watch:
            how()
            self.taken_over(watch, "srv2", DEADTIME_S + case.TAKEOVER_S)
            time.sleep(2)
            self.machines["srv1"].resume()
            self.happens(self.pair.see_each_other, 20, "both see each other again")
            self.happens(lambda: self.pair.holds("srv1") != self.pair.holds("srv2"), 10, "one of them holds the group")
            owner = "srv1" if self.pair.holds("srv1") else "srv2"
            self.stays(lambda: watch.owner() == owner, 2, "the address is on %s alone" % owner)
            both = watch.two_owners()
            self.note("two owners for %.3f s; %s" % (both, watch.story()))
            self.assertLess(both, BOTH_S, watch.story())

    def test_a_machine_that_hangs_lets_go_when_it_wakes_up(self):
        self.pause(self.machines["srv1"].freeze)

    def test_a_machine_that_was_suspended_lets_go_at_the_first_frame(self):
        self.pause(self.machines["srv1"].suspend)
