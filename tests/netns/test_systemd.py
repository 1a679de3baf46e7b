"""Units as resources, with a systemd that really runs (tests/packages/booted.py)."""
import os
import sys
import unittest

import case

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "packages"))
from booted import Booted  # noqa: E402

UNITS = r"""
printf '[Service]\nExecStart=/bin/sleep 300\n' > /etc/systemd/system/web.service
printf '[Service]\nType=oneshot\nExecStart=/bin/false\n' > /etc/systemd/system/bad.service
printf '[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=100\n' > /etc/systemd/system/flap.service
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
