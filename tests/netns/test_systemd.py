"""Units as resources, with a systemd that really runs (tests/packages/booted.py)."""
import os
import sys
import time
import unittest

import case

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "packages"))
from booted import Booted  # noqa: E402

CONFIG = """
nodes = ["srv1", "srv2"]
keepalive = "100ms"
deadtime = "1s"
initdead = "2s"
monitor_interval = "10m"
[[mcast]]
interface = "eth0"
group = "239.192.0.94"
[haresources]
srv1 = ["systemd:web"]
"""

# Says who called it, and does what it is asked: what speaks D-Bus with systemd leaves no line.
COUNTED = r"""
mv /usr/bin/systemctl /usr/bin/systemctl.real
printf '#!/bin/sh\necho "$*" >> /run/called\nexec /usr/bin/systemctl.real "$@"\n' > /usr/bin/systemctl
chmod 755 /usr/bin/systemctl
"""

UNITS = r"""
printf '[Service]\nExecStart=/bin/sleep 300\n' > /etc/systemd/system/web.service
printf '[Service]\nType=oneshot\nExecStart=/bin/false\n' > /etc/systemd/system/bad.service
printf '[Service]\nType=oneshot\nExecStart=/bin/false\nRestart=on-failure\nRestartSec=100\n' > /etc/systemd/system/flap.service
timeout 10 systemctl daemon-reload
"""


class Systemd(unittest.TestCase):
    def setUp(self):
        if case.REASON_TO_SKIP:
            self.skipTest(case.REASON_TO_SKIP)
        if not os.path.exists("/lib/systemd/systemd"):
            self.skipTest("needs /lib/systemd/systemd")
        try:
            self.machine = Booted(case.PROGRAM[0])
        except OSError as error:
            self.skipTest("no systemd can be started here: %s" % error)
        self.addCleanup(self.machine.close)
        self.program = "timeout 30 /opt/%s ctl agents " % os.path.basename(case.PROGRAM[0])
        self.expect(0, UNITS)

    def expect(self, code, command):
        actual, output = self.machine.run(command, 35)
        self.assertEqual(code, actual, output)
        return output

    def happens(self, condition, seconds, what):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, what + "\n" + self.machine.run("cat /run/hbd.log")[1])
            time.sleep(0.05)

    def main_pid(self):
        return self.expect(0, "systemctl.real show web --value -p MainPID").strip()

    def daemon(self, more=""):
        self.expect(0, COUNTED + "mkdir -p /etc/hbd /var/lib/hbd /run/hbd\ncat > /etc/hbd/hbd.toml <<'END'\n%sEND\n" % CONFIG)
        self.expect(0, "umask 077; printf 'auth 1\\n1 sha256 %s\\n' > /etc/hbd/authkeys; %s" % ("k" * 43 + "=", more or "true"))
        self.expect(0, "setsid /opt/%s run --dry-fence > /run/hbd.log 2>&1 < /dev/null &" % os.path.basename(case.PROGRAM[0]))
        self.happens(lambda: self.main_pid() != "0", 15, "the unit is started")

    def log(self):
        return self.expect(0, "cat /run/hbd.log")

    def test_a_unit_that_ends_is_known_by_signal_and_no_program_is_run(self):
        self.daemon()
        for _ in range(2):
            before = self.main_pid()
            self.happens(lambda: "running" in self.expect(0, "/opt/hbd ctl status"), 5, "the group runs")
            self.expect(0, "kill -9 " + before)
            # The monitor's interval is ten minutes.
            self.happens(lambda: self.main_pid() not in ("0", before), 5, "it was started again")
        self.assertNotEqual(0, self.machine.run("cat /run/called")[0], "systemctl was run")
        self.assertNotIn("units are asked about", self.log())
        # A systemd that begins anew closes the connection: what happens meanwhile is found afterwards.
        self.expect(0, "systemctl.real daemon-reexec")
        self.happens(lambda: "asked about over D-Bus" in self.log(), 15, "connected again")
        self.expect(0, "kill -9 " + self.main_pid())
        self.happens(lambda: "(failure 3)" in self.log(), 5, "signals come again")

    def test_without_the_private_socket_it_is_the_system_bus(self):
        if self.machine.run("test -S /run/dbus/system_bus_socket")[0] != 0:
            self.skipTest("needs dbus-daemon")
        self.daemon("rm -f /run/systemd/private")
        before = self.main_pid()
        self.happens(lambda: "running" in self.expect(0, "/opt/hbd ctl status"), 5, "the group runs")
        self.expect(0, "kill -9 " + before)
        self.happens(lambda: self.main_pid() not in ("0", before), 5, "it was started again")
        self.assertNotEqual(0, self.machine.run("cat /run/called")[0], "systemctl was run")

    def test_without_the_library_it_is_systemctl_and_the_log_says_so_once(self):
        self.daemon("rm -f /usr/lib/*/libsystemd.so.0 /usr/lib64/libsystemd.so.0")
        self.assertIn("start web.service", self.expect(0, "cat /run/called"))
        self.assertEqual(1, self.log().count("units are asked about with systemctl"), self.log())

    def test_units_go_through_their_life(self):
        output = self.expect(0, self.program + "test service:web --timeout 5")
        self.assertIn("monitor, started         0     0", output)
        self.assertIn("web.service", self.expect(0, self.program + "which systemd:web"))
        output = self.expect(1, self.program + "test systemd:bad --timeout 5")
        self.assertIn("FAILED: Job for bad.service failed", output)
        self.assertIn("the unit has failed: exit-code", output)
        output = self.expect(1, self.program + "test systemd:flap --timeout 2")
        self.assertIn("FAILED: the unit is activating (auto-restart)", output)
        self.assertNotIn("running", self.expect(3, "systemctl is-active web"))
