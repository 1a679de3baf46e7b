"""Who has the address, whatever happens to hosts and cables."""
import signal
import time

from case import DEADTIME_S, HbdTest
import lab as lab_module
from lab import AddressMonitor, Listener, Probe, gratuitous, parse_arp, parse_unsolicited_na

MEDIA = ("mcast", "ucast", "serial")


class Takeover(HbdTest):
    def test_the_address_is_on_the_preferred_host_and_nowhere_else(self):
        lab = self.lab()
        arp = Listener(lab, lab.client, "br0", parse_arp, lab_module.ETH_P_ARP)
        lab.start()
        self.one_owner(lab, lab.srv1)
        self.happens(lambda: any(gratuitous(f) and f[1] == lab.srv1.mac() for _, f in arp.seen), 2, "it is announced")

    def test_the_other_host_takes_over_when_the_owner_dies(self):
        lab = self.started()
        arp = Listener(lab, lab.client, "br0", parse_arp, lab_module.ETH_P_ARP)
        epoch = lab.srv2.group()["epoch"]
        wall = time.time_ns()
        lab.srv1.die()
        self.one_owner(lab, lab.srv2)
        self.assertGreater(lab.srv2.group()["epoch"], epoch)
        self.assertEqual("dead", lab.srv2.status()["peer"]["state"])
        self.happens(lambda: {f[0] for _, f in arp.since(wall) if gratuitous(f) and f[1] == lab.srv2.mac()} == {1, 2}, 3,
                     "gratuitous ARP as request and as reply")

    def test_accelerated_detection_takes_over_long_before_deadtime(self):
        lab = self.started(deadtime="5s", warntime="2s", initdead="5s", probe_min="10ms")
        self.stays(lambda: lab.srv1.holds(), 1, "probes are not needed while both run")
        lab.srv1.die()
        self.happens(lambda: lab.srv2.holds(), 2, "the survivor has the address")
        self.one_owner(lab, lab.srv2)

    def test_a_dead_owner_that_comes_back_takes_nothing(self):
        lab = self.started()
        lab.srv1.die()
        self.one_owner(lab, lab.srv2)
        lab.srv1.clean()
        lab.plug_all(lab.srv1)
        lab.srv1.start()
        lab.settled()
        self.one_owner(lab, lab.srv2)
        self.stays(lambda: not lab.srv1.has_address(), 1, "auto_failback is off")

    def test_auto_failback_brings_the_group_home(self):
        lab = self.started(auto_failback=True)
        lab.srv1.die()
        self.one_owner(lab, lab.srv2)
        lab.srv1.clean()
        lab.plug_all(lab.srv1)
        lab.srv1.start()
        self.happens(lambda: lab.srv1.holds(), 10, "the group goes home")
        self.one_owner(lab, lab.srv1)

    def test_alone_from_the_start_a_host_takes_over_after_initdead(self):
        lab = self.lab(initdead="1s")
        lab.srv2.start()
        self.stays(lambda: not lab.srv2.has_address(), 0.6, "not before initdead")
        self.one_owner(lab, lab.srv2)

    def test_a_daemon_killed_and_started_at_once_keeps_the_address_up(self):
        lab = self.started(deadtime="3s", warntime="1500ms", initdead="5s")
        generation = lab.srv2.status()["peer"]["generation"]
        monitor = AddressMonitor(lab, lab.srv1)
        probe = Probe(lab)
        probe.wait_answer(5)
        at, wall = time.monotonic(), time.time_ns()
        lab.srv1.kill()
        lab.srv1.start()
        self.happens(lambda: lab.srv2.status()["peer"]["generation"] > generation, 3, "the peer sees a new generation")
        self.happens(lab.srv1.holds, 5, "the new daemon adopts what the old one ran")
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 1, "nothing moves")
        self.assertIsNone(monitor.removed(wall))
        self.assertLess(probe.outage_ms(at), 20)

    def test_a_daemon_ended_by_usr2_leaves_everything_running_for_the_next_one(self):
        """What an upgrade of the package does: another binary takes over from the one that runs."""
        lab = self.started(deadtime="3s", warntime="1500ms", initdead="5s")
        generation = lab.srv2.status()["peer"]["generation"]
        group = lab.srv1.group()
        monitor = AddressMonitor(lab, lab.srv1)
        probe = Probe(lab)
        probe.wait_answer(5)
        at, wall = time.monotonic(), time.time_ns()
        lab.srv1.signal(signal.SIGUSR2)
        self.assertEqual(75, lab.srv1.process.wait(2), "start me again")
        self.assertTrue(lab.srv1.has_address(), "ended, and the address is still there")
        lab.srv1.start()
        self.happens(lambda: lab.srv2.status()["peer"]["generation"] > generation, 3, "the peer sees a new generation")
        self.happens(lab.srv1.holds, 5, "the new daemon adopts what the old one ran")
        self.assertEqual(group["name"], lab.srv1.group()["name"])
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 3.5, "nothing moves, deadtime or not")
        self.assertIsNone(monitor.removed(wall))
        self.assertEqual("active", lab.srv2.status()["peer"]["state"])
        self.assertLess(probe.outage_ms(at), 20)

    def test_an_address_deleted_by_hand_is_restored(self):
        lab = self.started()
        lab.srv1.ip("addr", "del", lab_module.VIP + "/24", "dev", "eth0")
        self.happens(lab.srv1.has_address, 1, "the address comes back")
        self.one_owner(lab, lab.srv1)

    def test_two_owners_after_a_healed_split_become_one_that_announces_again(self):
        lab = self.started()
        for medium in MEDIA:
            lab.cut(medium)
        self.happens(lab.srv2.has_address, 3, "a split without proof makes two owners")
        self.assertTrue(lab.srv1.has_address())
        arp = Listener(lab, lab.client, "br0", parse_arp, lab_module.ETH_P_ARP)
        wall = time.time_ns()
        for medium in MEDIA:
            lab.restore(medium)
        self.happens(lambda: lab.srv1.has_address() != lab.srv2.has_address(), 3, "one lets go")
        winner = lab.srv1 if lab.srv1.has_address() else lab.srv2
        self.happens(lambda: any(gratuitous(f) and f[1] == winner.mac() for _, f in arp.since(wall)), 3, "the winner announces")
        self.one_owner(lab, winner)
        self.stays(lambda: winner.has_address() and not lab.peer(winner).has_address(), 1, "it stays so")

    def test_an_ipv6_address_moves_and_is_announced(self):
        lab = self.started(groups={"srv1": ["[fd77::100]/64/eth0"]})
        self.assertTrue(lab.srv1.has_address("fd77::100", "-6"))
        announced = Listener(lab, lab.client, "br0", parse_unsolicited_na)
        lab.srv1.die()
        self.happens(lambda: lab.srv2.has_address("fd77::100", "-6"), 3, "srv2 takes over")
        self.happens(lambda: (lab.srv2.mac(), "fd77::100") in [f for _, f in announced.seen], 3, "an unsolicited advertisement")


class Handover(HbdTest):
    def test_standby_and_back_with_hardly_an_outage(self):
        lab = self.started()
        probe = Probe(lab)
        probe.wait_answer(5)
        for owner in (lab.srv1, lab.srv2):
            time.sleep(1.2)
            at = time.monotonic()
            owner.hbctl("standby")
            self.one_owner(lab, lab.peer(owner))
            probe.wait_answer(5)
            time.sleep(0.2)
            self.assertLess(probe.outage_ms(at), 100)

    def test_takeover_and_failback_are_asked_on_the_other_host(self):
        lab = self.started(groups={"srv1": [lab_module.VIP + "/24/eth0"], "srv2": ["10.77.0.101/24/eth0"]})
        self.assertTrue(lab.srv2.has_address("10.77.0.101"))
        lab.srv2.hbctl("takeover", "foreign")
        self.happens(lambda: lab.srv2.has_address() and not lab.srv1.has_address(), 3, "srv2 takes what prefers srv1")
        self.assertTrue(lab.srv2.has_address("10.77.0.101"))
        lab.srv2.hbctl("failback")
        self.happens(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 3, "it goes home")
        self.assertTrue(lab.srv2.has_address("10.77.0.101"))

    def test_an_unknown_group_is_refused(self):
        lab = self.started(media=("mcast",))
        done = lab.srv1.hbctl("standby", "nosuch", check=False)
        self.assertEqual(1, done.returncode)
        self.assertIn("nosuch", done.stderr)

    def test_stop_hands_over_and_is_no_death(self):
        lab = self.started()
        probe = Probe(lab)
        probe.wait_answer(5)
        time.sleep(1.2)
        at = time.monotonic()
        lab.srv1.hbctl("stop")
        self.assertEqual(0, lab.srv1.process.wait(5))
        self.one_owner(lab, lab.srv2)
        self.assertFalse(lab.srv1.has_address())
        self.assertEqual("left", lab.srv2.status()["peer"]["state"])
        probe.wait_answer(5)
        time.sleep(0.2)
        self.assertLess(probe.outage_ms(at), 100)


class Cables(HbdTest):
    def test_one_cable_at_a_time_moves_nothing_and_is_reported_within_deadtime(self):
        lab = self.started()
        for medium in MEDIA:
            with self.subTest(medium):
                at = time.monotonic()
                lab.cut(medium)
                for host in lab.hosts:
                    self.happens(lambda: host.link(medium)["state"] in ("dead", "closed"), 2, host.name + " reports " + medium)
                self.assertLess(time.monotonic() - at, DEADTIME_S + 0.25)
                self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 2 * DEADTIME_S, "nothing moves")
                lab.restore(medium)
                self.happens(lambda: all(h.link(medium)["state"] == "up" for h in lab.hosts), 3, medium + " is up again")

    def test_any_one_cable_is_enough(self):
        lab = self.started()
        for left in MEDIA:
            with self.subTest(left):
                for medium in MEDIA:
                    if medium != left:
                        lab.cut(medium)
                self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 3 * DEADTIME_S, left + " is enough")
                for host in lab.hosts:
                    self.assertEqual("active", host.status()["peer"]["state"])
                for medium in MEDIA:
                    lab.restore(medium)
                lab.settled()

    def test_noise_on_the_serial_line_is_counted_and_the_line_recovers(self):
        lab = self.started(media=("serial",))
        for _ in range(5):
            lab.modem.tell("noise 40")
            time.sleep(0.15)
        self.happens(lambda: all(h.link("serial")["state"] == "up" for h in lab.hosts), 2, "the line is up")
        self.assertTrue(lab.srv1.has_address() and not lab.srv2.has_address())
        noise = sum(h.link("serial")["received_noise"] for h in lab.hosts)
        self.assertGreater(noise, 0)

    def test_an_interface_that_vanishes_and_returns_is_used_again(self):
        lab = self.started()
        lab.srv1.ip("link", "del", "eth1")
        self.happens(lambda: lab.srv1.link("ucast")["state"] in ("dead", "closed"), 3, "the medium is gone")
        self.assertTrue(lab.srv1.holds())
        lab.cable(lab.srv1, 1, "w1")
        self.happens(lambda: all(h.link("ucast")["state"] == "up" for h in lab.hosts), 5, "the medium is back")
        self.one_owner(lab, lab.srv1)

    def test_deaf_in_one_direction_only_is_no_takeover_while_another_cable_works(self):
        lab = self.started(media=("mcast", "ucast"))
        lab.deafen(lab.srv2, 1)
        self.happens(lambda: lab.srv2.link("ucast")["state"] == "dead", 2, "srv2 hears nothing on eth1")
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 2 * DEADTIME_S, "nothing moves")
