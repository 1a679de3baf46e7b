"""A pair without fencing: power, reboots, cables."""
import case
from case import PairTest
from pair import CABLES, TIMES, VIP

DEADTIME_S = 3
PLAIN = TIMES + CABLES + '\n[haresources]\nsrv1 = ["%s/24/eth0"]\n' % VIP
# The time in which a loss must be noticed: deadtime, and what a status takes on a slow machine.
NOTICED_S = DEADTIME_S + 4


class Failover(PairTest):
    CONFIG = PLAIN

    def test_power_off_and_the_node_that_returns_takes_nothing(self):
        with self.pair.watch() as watch:
            self.machines["srv1"].power_off()
            self.taken_over(watch, "srv2", DEADTIME_S + case.TAKEOVER_S)
            self.machines["srv1"].power_on()
            self.returns("srv1")
            self.stays(lambda: watch.owner() == "srv2", 2, "srv1 takes nothing")
            outage = watch.outage()
            self.note("outage %.2f s with deadtime %d s" % (outage, DEADTIME_S))
            self.assertGreater(outage, DEADTIME_S - 1)
            self.assertLess(outage, DEADTIME_S + case.TAKEOVER_S)
            self.assertEqual(0.0, watch.two_owners(), watch.story())

    def test_a_reboot_of_the_owner_hands_over_before_anybody_waits(self):
        boot = self.machines["srv1"].boot_id()
        with self.pair.watch() as watch:
            self.pair.run("srv1", "systemctl reboot >/dev/null 2>&1 &")
            self.taken_over(watch, "srv2", 20)
            self.returns("srv1", boot)
            self.assertEqual("srv2", watch.owner())
            outage = watch.outage()
            self.note("outage %.2f s" % outage)
            self.assertLess(outage, DEADTIME_S - 0.5, "nobody waited for deadtime")
            self.assertEqual(0.0, watch.two_owners(), watch.story())

    def test_each_cable_alone_moves_nothing(self):
        networks, cable = self.pair.bed.networks, self.pair.bed.cable
        with self.pair.watch() as watch:
            for word, cut in (("eth0", lambda: networks.isolate("net0")), ("eth1", lambda: networks.cut("net1")),
                              ("ttyS0", lambda: setattr(cable, "cut", True))):
                cut()
                self.only_down(word)
                self.pair.bed.heal()
                self.only_down()
            self.nothing_moved(watch)

    def test_as_long_as_one_cable_is_left_nothing_moves(self):
        networks, cable = self.pair.bed.networks, self.pair.bed.cable
        with self.pair.watch() as watch:
            networks.isolate("net0")
            networks.cut("net1")
            self.only_down("eth0", "eth1")
            self.pair.bed.heal()
            self.only_down()
            networks.cut("net1")
            cable.cut = True
            self.only_down("eth1", "ttyS0")
            self.nothing_moved(watch)

    def only_down(self, *words):
        """Both nodes say so of these links and of no other, and still see each other."""
        def said():
            for node in self.machines:
                down = self.pair.links_down(node)
                if len(down) != len(words) or not all(any(word in name for name in down) for word in words):
                    return False
            return True
        self.happens(said, NOTICED_S + 8, "down on both nodes: " + (", ".join(words) or "nothing"))
        for node in self.machines:
            self.assertEqual("active", self.pair.status(node)["peer"]["state"])

    def nothing_moved(self, watch):
        self.assertEqual({"srv1"}, {node for node, _, _ in watch.turns()}, watch.story())
        self.assertFalse(self.pair.holds("srv2"))
        lost, sent = watch.lost()
        self.assertEqual(0, lost, "of %d requests" % sent)
