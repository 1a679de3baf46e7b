"""Machines that reset themselves: by a watchdog, and by the kernel's own key."""
import case
from case import PairTest
from pair import CABLES, TIMES, VIP
from test_2_failover import DEADTIME_S

WATCHED = TIMES + """watchdog = "/dev/watchdog"
watchdog_timeout = "2s"
""" + CABLES + '\n[haresources]\nsrv1 = ["%s/24/eth0"]\n' % VIP
STUCK = TIMES + 'ping = ["10.83.0.254"]\n' + CABLES + """
[[group]]
name = "stuck"
node = "srv1"
require = "ping"
resources = ["%s/24/eth0", { agent = "lsb:stuck", name = "stuck", stop = { timeout = "5s" } }]
""" % VIP
# Starts, says that it runs, and stops only where nobody has put a file in its way.
SCRIPT = """#!/bin/sh
case $1 in
start) touch /run/stuck ;;
stop) [ ! -e /root/refuse ] || exit 1; rm -f /run/stuck ;;
status) [ -e /run/stuck ] || exit 3 ;;
esac
"""


class Watchdog(PairTest):
    CONFIG = WATCHED

    def test_a_daemon_that_stands_still_is_reset_by_the_watchdog(self):
        boot = self.machines["srv1"].boot_id()
        with self.pair.watch() as watch:
            self.assertIn("i6300ESB", self.pair.run("srv1", "cat /sys/class/watchdog/watchdog0/identity"))
            self.pair.run("srv1", "kill -STOP $(systemctl show -p MainPID --value hbd)")
            self.taken_over(watch, "srv2", DEADTIME_S + case.TAKEOVER_S)
            self.returns("srv1", boot)
            self.assertEqual("srv2", watch.owner())
            self.note("outage %.1f s" % watch.outage())
            self.assertGreater(watch.outage(), 0.3, "the address was gone for a while")
            self.assertEqual(0.0, watch.two_owners(), watch.story())

    def test_an_orderly_stop_disarms_it(self):
        boot = self.machines["srv2"].boot_id()
        self.pair.run("srv2", "systemctl stop hbd")
        self.stays(lambda: self.machines["srv2"].boot_id() == boot, 5, "srv2 is not reset")


class SelfFence(PairTest):
    def test_a_stop_that_fails_resets_the_machine(self):
        self.pair.bed.heal()
        if not self.pair.installed:
            self.pair.install()
        for node, machine in self.machines.items():
            machine.power_on()
            machine.wait_ready()
            self.pair.write(node, "/etc/init.d/stuck", SCRIPT, "755")
            self.pair.run(node, "sync")
        self.pair.ready(STUCK)
        self.pair.run("srv1", "touch /root/refuse")
        boot = self.machines["srv1"].boot_id()
        with self.pair.watch() as watch:
            self.pair.run("srv1", "hbctl standby >/dev/null 2>&1 &")
            self.taken_over(watch, "srv2", 30)
            self.returns("srv1", boot)
            self.assertRegex(self.machines["srv1"].console(60), "sysrq: Resetting")
            self.pair.run("srv1", "rm -f /root/refuse")
            self.assertEqual(0.0, watch.two_owners(), watch.story())
