"""A node that takes itself down, with the real binary. Every daemon of the lab runs with --dry-fence: it says so and does
nothing, and is silent from then on. A real reset and a real watchdog are for virtual machines (the end-to-end suite)."""
import os
import time

from case import HbdTest
from lab import Listener, VIP, parse_heartbeat
import test_fencing  # as a module: its tests are not this file's

AGENT = "/etc/ha.d/resource.d"
SERVICE = """#!/bin/sh
# A service whose stop fails as long as a file says so: %(dir)s
state=%(dir)s/service-$(hostname)
case $1 in
start) : > "$state" ;;
stop) [ ! -e %(dir)s/stuck ] || exit 1; rm -f "$state" ;;
status) if [ -e "$state" ]; then echo running; else echo stopped; exit 3; fi ;;
esac
"""


class SelfFence(HbdTest):
    SHARES = test_fencing.PLUGINS

    shot = staticmethod(test_fencing.Fencing.shot)

    def service(self, lab):
        """An agent of the old kind, written by the test."""
        name = "hbdstuck%d" % os.getpid()
        made = [d for d in ("/etc/ha.d", AGENT) if not os.path.isdir(d)]
        os.makedirs(AGENT, exist_ok=True)
        path = os.path.join(AGENT, name)
        self.addCleanup(lambda: [os.rmdir(d) for d in reversed(made)])
        self.addCleanup(os.remove, path)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o755), "w") as file:
            file.write(SERVICE % {"dir": lab.dir})
        os.chmod(path, 0o755)

    def stuck(self, lab, stuck):
        path = os.path.join(lab.dir, "stuck")
        if stuck:
            open(path, "w").close()
        else:
            os.remove(path)

    def pair(self, more=""):
        """A pair whose group requires fencing, and holds a service that can be stuck."""
        name = "hbdstuck%d" % os.getpid()
        return test_fencing.Fencing.fenced(self, resources='"%s/24/eth0", "%s"' % (VIP, name), before=self.service, top=more)

    def test_a_stop_that_fails_silences_the_node_and_the_peer_fences_it(self):
        lab = self.pair('watchdog = "%(here)s/watchdog-stand-in"\n')
        watchdog = os.path.join(lab.srv1.dir, "watchdog-stand-in")
        self.happens(lambda: open(watchdog).read(), 3, "the loop pats the stand-in")
        self.assertEqual("stand-in", lab.srv1.status()["watchdog"]["state"])
        listener = Listener(lab, lab.srv2.namespace, "eth0", parse_heartbeat())
        self.stuck(lab, True)
        refuse = os.path.join(lab.dir, "refuse")
        open(refuse, "w").close()
        lab.srv1.hbctl("standby", "disk")
        self.happens(lambda: "[340] fencing this node" in lab.srv1.log(), 5, "srv1 says that it fences itself")
        said_ns = time.time_ns()
        pats = len(open(watchdog).read())
        self.assertIn("the stop of", lab.srv1.log())
        self.assertIn("[343] this machine is not reset: --dry-fence", lab.srv1.log())
        self.assertTrue(lab.srv1.running(), "a dry run lives on")
        self.happens(lambda: not lab.srv1.has_address(), 2, "the address goes all the same")
        status = lab.srv1.status()
        self.assertEqual("fenced", status["node"]["state"])
        self.assertIn("stop of", status["self_fence"]["why"])
        self.assertEqual("--dry-fence", status["self_fence"]["outcome"])
        done = lab.srv1.hbctl("status", check=False)
        self.assertEqual(5, done.returncode)
        self.assertIn("fenced itself", done.stdout)
        self.assertEqual(1, lab.srv1.hbctl("takeover", check=False).returncode)

        # The switch refuses: the peer knows that srv1 is silent, and takes nothing.
        self.happens(lambda: lab.srv2.status()["peer"]["state"] == "dead", 5, "srv2 finds srv1 dead")
        self.stays(lambda: not lab.srv2.has_address(), 1, "nothing without the proof")
        own = [found for found in listener.since(said_ns + 50_000_000) if found[1][0] == lab.srv1.address(0)]
        self.assertEqual([], own, "srv1 still sends")
        self.assertTrue([f for f in listener.since(said_ns) if f[1][0] == lab.srv2.address(0)], "the listener is deaf")
        self.assertEqual(pats, len(open(watchdog).read()), "the watchdog is still patted")
        os.remove(refuse)
        test_fencing.Fencing.never_twice(self, lab, lambda: lab.srv2.holds("disk"), 10, "srv2 takes over")
        self.assertEqual(["srv1"], self.shot(lab))

    def test_a_good_end_stops_the_watchdog(self):
        lab = self.pair('watchdog = "%(here)s/watchdog-stand-in"\n')
        watchdog = os.path.join(lab.srv2.dir, "watchdog-stand-in")
        lab.srv2.hbctl("stop")
        self.happens(lambda: not lab.srv2.running(), 10, "srv2 ends")
        self.assertEqual("V", open(watchdog).read()[-1:])

    def test_a_killed_daemon_leaves_the_watchdog_to_bite(self):
        lab = self.pair('watchdog = "%(here)s/watchdog-stand-in"\n')
        watchdog = os.path.join(lab.srv2.dir, "watchdog-stand-in")
        self.happens(lambda: open(watchdog).read(), 3, "the loop pats the stand-in")
        lab.srv2.kill()
        self.assertNotIn("V", open(watchdog).read())

    def test_a_node_does_not_start_without_the_watchdog_it_was_told_to_have(self):
        lab = self.lab(media=("mcast",))
        lab.write_config(lab.srv1, 'watchdog = "%s/nothing"\n' % lab.here + lab.config())
        lab.srv1.start()
        self.happens(lambda: not lab.srv1.running(), 10, "srv1 ends")
        self.assertEqual(6, lab.srv1.process.returncode)
        self.assertIn("modprobe softdog", lab.srv1.log())
