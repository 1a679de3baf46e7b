"""What every test with the real binary starts from."""
import os
import time
import unittest

from lab import Lab, LabError, wait_for

PROGRAM = []
REASON_TO_SKIP = None
DEADTIME_S = 0.5
SHIMS = ("crm_attribute", "crm_master", "crm_node", "attrd_updater", "crm_resource", "crm_mon", "crm_failcount", "crm_standby", "cibadmin")


def alone(test):
    """For a test that needs the machine for itself: it runs when all others are done."""
    test.alone = True
    return test


class HbdTest(unittest.TestCase):
    """Makes labs that end with the test and shows the hosts' logs when it failed."""

    def lab(self, **settings):
        if REASON_TO_SKIP:
            self.skipTest(REASON_TO_SKIP)
        lab = Lab(PROGRAM, **settings)
        self.enterContext_(lab)
        return lab

    def shims(self, lab):
        """What agents of Pacemaker call, for both daemons of this lab; returns their directory."""
        directory = os.path.join(lab.dir, "shims")
        os.mkdir(directory)
        for name in SHIMS:
            os.symlink(PROGRAM[0], os.path.join(directory, name))
        for host in lab.hosts:
            host.options = ["--shim-dir", directory]
        return directory

    def started(self, **settings):
        lab = self.lab(**settings)
        lab.start()
        return lab

    def enterContext_(self, lab):
        lab.__enter__()
        self.addCleanup(self.leave, lab)

    def leave(self, lab):
        outcome = getattr(self, "_outcome", None)
        errors = getattr(getattr(outcome, "result", None), "report", {}).get("failed", [])
        failing = any(error and error[1] for error in getattr(outcome, "errors", []) or []) or \
            not getattr(outcome, "success", True) or any(self.id().split(".", 1)[-1] in e for e in errors)
        if failing:
            for host in lab.hosts:
                print("--- log of %s\n%s" % (host.name, "\n".join(host.log().splitlines()[-40:])))
                print("--- status of %s\n%s" % (host.name, host.status() if host.running() else "not running"))
        lab.close()

    def stays(self, condition, seconds, what):
        """True all the time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.assertTrue(condition(), what)
            time.sleep(0.02)

    def happens(self, condition, seconds, what):
        try:
            return wait_for(condition, seconds, what)
        except LabError as error:
            self.fail(str(error))

    def one_owner(self, lab, host):
        """The group runs on this host, its address is there and nowhere else."""
        self.happens(lambda: host.holds(), 5, host.name + " holds the group")
        self.assertTrue(host.has_address())
        other = lab.peer(host)
        if other.running():
            self.happens(lambda: not other.has_address(), 2, other.name + " lets go of the address")
            self.happens(lambda: not other.holds(), 2, other.name + " knows that it holds nothing")
