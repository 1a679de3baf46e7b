"""Groups that require proof, with a power switch that is a cluster-glue plugin: it takes the other host's address and
its daemon away, as a switched power strip would. Written by the test, because no real switch is here."""
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import case
from case import HbdTest
from lab import VIP
from races import Races

PLUGINS = "/etc/hbd/stonith.d"

PLUGIN = """#!/bin/sh
# Power switch of one lab: %(dir)s
case $1 in
gethosts) echo srv1 srv2 ;;
getconfignames) echo takes ;;
status) [ ! -e %(dir)s/refuse ] ;;
on)
    echo "$2" >> %(dir)s/switches-on
    while [ -e %(dir)s/hold-on ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done
    echo "$2" >> %(dir)s/switched-on
    ;;
off|reset)
    echo "$2" >> %(dir)s/tried
    sleep "${takes:-0}"
    while [ -e %(dir)s/hold ] && [ $((turns += 1)) -lt 1200 ]; do sleep 0.05; done
    [ ! -e %(dir)s/refuse ] || { echo "$2" >> %(dir)s/refused; exit 1; }
    read -r pid namespace < "%(dir)s/machine-$2"
    kill -STOP "$pid" 2> /dev/null
    ip netns exec "$namespace" ip addr del %(vip)s/24 dev eth0 2> /dev/null
    kill -KILL "$pid" 2> /dev/null
    echo "$2" >> %(dir)s/shot
    ;;
*) exit 1 ;;
esac
"""

CONFIG = """
[[group]]
name = "disk"
node = "srv1"
require = "fence"
resources = [%(resources)s]

[[stonith]]
host = "srv1"
agent = "external/%(plugin)s"
delay = "%(delay1)s"
self_test = "0s"

[[stonith]]
host = "srv2"
agent = "external/%(plugin)s"
delay = "%(delay2)s"
self_test = "0s"
"""


class Fencing(HbdTest):
    SHARES = PLUGINS

    def fenced(self, delay1="0s", delay2="0s", resources='"%s/24/eth0"' % VIP, before=None, top=""):
        """
        A pair whose one group requires fencing, and the switch. before(lab) prepares, top stands above the configuration
        (%(here)s: what both hosts call their own directory).
        """
        name = "hbdlab%d" % os.getpid()
        lab = self.lab(groups={}, media=("mcast", "ucast"), more=CONFIG % {
            "resources": resources, "plugin": name, "delay1": delay1, "delay2": delay2})
        if before:
            before(lab)
        for host in lab.hosts if top else ():
            open(os.path.join(host.dir, "watchdog-stand-in"), "w").close()
            lab.write_config(host, top % {"here": lab.here} + lab.config())
        made = [d for d in ("/etc/hbd", PLUGINS) if not os.path.isdir(d)]
        os.makedirs(PLUGINS, exist_ok=True)
        path = os.path.join(PLUGINS, name)
        self.addCleanup(lambda: [os.rmdir(d) for d in reversed(made)])
        self.addCleanup(os.remove, path)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o755), "w") as file:
            file.write(PLUGIN % {"dir": lab.dir, "vip": VIP})
        os.chmod(path, 0o755)
        lab.start()
        for host in lab.hosts:
            with open(os.path.join(lab.dir, "machine-" + host.name), "w") as file:
                file.write("%d %s\n" % (host.process.pid, host.namespace))
        self.one_owner(lab, lab.srv1)
        return lab

    @staticmethod
    def said(lab, name):
        path = os.path.join(lab.dir, name)
        return open(path).read().split() if os.path.exists(path) else []

    @classmethod
    def shot(cls, lab):
        return cls.said(lab, "shot")

    @staticmethod
    def touch(lab, name):
        open(os.path.join(lab.dir, name), "w").close()

    @staticmethod
    def remove(lab, name):
        os.remove(os.path.join(lab.dir, name))

    def never_twice(self, lab, condition, seconds, what):
        """
        Until the condition holds, the address is never on both hosts. srv2 is looked at first: if it has the address then,
        srv1 must have lost it before.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertFalse(lab.srv2.has_address() and lab.srv1.has_address(), "the address is on both hosts")
            self.assertLess(time.monotonic(), deadline, what)
        self.assertFalse(lab.srv2.has_address() and lab.srv1.has_address(), "the address is on both hosts")

    def test_a_hanging_owner_is_switched_off_before_its_group_starts_elsewhere(self):
        lab = self.fenced()
        lab.srv1.signal(signal.SIGSTOP)
        self.never_twice(lab, lambda: lab.srv2.holds("disk"), 10, "srv2 takes over")
        self.assertEqual(["srv1"], self.shot(lab))
        self.assertFalse(lab.srv1.has_address())

    def test_a_switch_that_refuses_blocks_the_group_and_is_asked_again(self):
        lab = self.fenced()
        refuse = os.path.join(lab.dir, "refuse")
        open(refuse, "w").close()
        lab.srv1.signal(signal.SIGSTOP)
        self.happens(lambda: lab.srv2.group("disk")["state"] == "blocked", 5, "the group is blocked")
        self.stays(lambda: not lab.srv2.has_address(), 2, "srv2 starts nothing")
        self.assertIn("proof", lab.srv2.group("disk")["reason"])
        os.remove(refuse)
        self.never_twice(lab, lambda: lab.srv2.holds("disk"), 10, "srv2 takes over once the switch works")

    def test_of_two_that_shoot_at_each_other_one_survives(self):
        lab = self.fenced(delay1="1500ms", delay2="0s")
        lab.pull_all(lab.srv1)
        self.happens(lambda: self.shot(lab), 10, "one host shoots")
        time.sleep(2)
        self.assertEqual(["srv2"], self.shot(lab))
        self.assertTrue(lab.srv1.running() and lab.srv1.has_address())
        self.assertTrue(lab.srv1.holds("disk"))

    def test_a_peer_that_left_is_not_shot(self):
        lab = self.fenced()
        lab.srv1.hbctl("stop")
        self.happens(lambda: lab.srv2.holds("disk"), 5, "srv2 takes over")
        self.assertEqual([], self.shot(lab))

    def test_a_peer_heard_again_in_time_is_not_shot(self):
        lab = self.fenced(delay1="3s", delay2="3s")
        lab.pull_all(lab.srv1)
        self.happens(lambda: lab.srv2.group("disk")["state"] == "blocked", 5, "srv2 waits for the proof")
        lab.plug_all(lab.srv1)
        self.happens(lambda: lab.srv2.status()["peer"]["state"] == "active", 5, "both hear each other again")
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 4, "nothing moves")
        self.assertEqual([], self.shot(lab))

    def test_a_peer_heard_again_while_a_shot_at_it_fails_is_not_shot_again(self):
        lab = self.fenced()
        self.touch(lab, "refuse")
        self.touch(lab, "hold")
        lab.pull_all(lab.srv1)
        self.happens(lambda: sorted(self.said(lab, "tried")) == ["srv1", "srv2"], 5, "each shoots at the other one")
        lab.plug_all(lab.srv1)
        self.happens(lambda: all(h.status()["peer"]["state"] == "active" for h in lab.hosts), 5, "both hear each other again")
        self.remove(lab, "hold")
        self.happens(lambda: len(self.said(lab, "refused")) == 2, 5, "both shots fail")
        self.remove(lab, "refuse")
        self.happens(lambda: len(self.said(lab, "switched-on")) == 2, 5, "what may be off is switched on")
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 3, "nothing moves")
        self.assertEqual([], self.shot(lab))
        self.assertEqual(2, len(self.said(lab, "tried")))

    def test_a_peer_heard_again_after_a_shot_at_it_has_failed_is_switched_on(self):
        lab = self.fenced()
        self.touch(lab, "refuse")
        lab.pull_all(lab.srv1)
        self.happens(lambda: all("failed (1 in a row)" in h.log() for h in lab.hosts), 8, "each has shot at the other one in vain")
        self.assertEqual([], self.said(lab, "switches-on"))
        lab.plug_all(lab.srv1)
        self.happens(lambda: sorted(self.said(lab, "switched-on")) == ["srv1", "srv2"], 4, "what may be off is switched on")
        self.remove(lab, "refuse")
        self.stays(lambda: not self.shot(lab), 1, "nobody shoots any more")
        self.one_owner(lab, lab.srv1)

    def test_a_daemon_that_ends_lets_the_device_switch_the_peer_on_first(self):
        lab = self.fenced()
        self.touch(lab, "refuse")
        self.touch(lab, "hold-on")
        lab.srv2.hbctl("fence", "reboot", "srv1", "--yes", check=False)
        self.happens(lambda: self.said(lab, "switches-on") == ["srv1"], 8, "what may be off after a failed shot is switched on")
        lab.srv2.signal(signal.SIGTERM)
        self.happens(lambda: lab.srv1.status()["peer"]["state"] == "left", 5, "srv2 has left")
        self.stays(lab.srv2.running, 0.5, "srv2 waits for the device")
        self.assertIn("is ending", lab.srv2.hbctl("fence", "reboot", "srv1", "--yes", check=False).stderr)
        self.remove(lab, "hold-on")
        self.happens(lambda: not lab.srv2.running(), 5, "srv2 ends")
        self.assertEqual(["srv1"], self.said(lab, "switched-on"))

    def test_a_daemon_that_is_killed_leaves_it_to_the_next_one_to_switch_the_peer_on(self):
        lab = self.fenced()
        self.touch(lab, "refuse")
        self.touch(lab, "hold-on")
        lab.srv2.hbctl("fence", "reboot", "srv1", "--yes", check=False)
        self.happens(lambda: self.said(lab, "switches-on") == ["srv1"], 8, "what may be off after a failed shot is switched on")
        memory = os.path.join(lab.srv2.state_dir, "fencing")
        self.happens(lambda: os.path.exists(memory) and "owes srv1" in open(memory).read(), 4, "it is written down")
        lab.srv2.kill()
        self.assertEqual([], self.said(lab, "switched-on"))
        lab.srv2.start()
        self.happens(lambda: self.said(lab, "switches-on") == ["srv1", "srv1"], 5, "the next life says it once more")
        self.remove(lab, "hold-on")
        self.happens(lambda: "owes" not in open(memory).read(), 5, "nothing is owed any more")
        self.assertIn("an earlier life of this daemon", lab.srv2.log())
        self.assertEqual([], self.shot(lab))
        self.one_owner(lab, lab.srv1)

    def test_an_operators_reboot_is_the_proof_for_the_automatic_one(self):
        lab = self.fenced()
        lab.srv2.hbctl("fence", "reboot", "srv1", "--yes")
        self.never_twice(lab, lambda: lab.srv2.holds("disk"), 10, "srv2 takes over")
        self.assertIn("not shot again", lab.srv2.log())
        self.assertEqual(["srv1"], self.said(lab, "tried"))

    def test_an_operators_reboot_joins_the_automatic_one(self):
        lab = self.fenced()
        self.touch(lab, "hold")
        lab.srv1.signal(signal.SIGSTOP)
        self.happens(lambda: self.said(lab, "tried"), 5, "srv2 shoots")
        done = lab.srv2.hbctl("fence", "off", "srv1", "--yes", check=False)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("is being fenced already, asked for by hbd", done.stderr)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(lab.srv2.hbctl, "fence", "reboot", "srv1", "--yes", check=False)
            self.stays(lambda: not asked.done(), 0.5, "hbctl waits for the answer")
            self.remove(lab, "hold")
            self.assertIn("srv1: reboot proven", asked.result(10).stdout)
        self.never_twice(lab, lambda: lab.srv2.holds("disk"), 10, "srv2 takes over")
        self.assertEqual(["srv1"], self.said(lab, "tried"))


class Race(HbdTest):
    SHARES = PLUGINS

    def test_of_two_that_shoot_at_once_exactly_one_survives(self):
        if case.REASON_TO_SKIP:
            self.skipTest(case.REASON_TO_SKIP)
        with Races(case.PROGRAM) as races:
            for _ in range(3):
                races.run_one()
