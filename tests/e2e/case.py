"""What every test with the two machines starts from. The machines are booted once and serve all tests."""
import time
import unittest

from pair import Pace, Pair, USUAL_BOOT_S, wait_for
from testbed.basics import BedError

REASON_TO_SKIP = None
TRANSCRIPT = None
NOTES = []
_shared = []

# What a virtual machine without KVM may take, in seconds.
BOOT_S = 120
# Beyond deadtime: a takeover with an agent and the announcement.
TAKEOVER_S = 4


def shared():
    if not _shared:
        pair = Pair()
        _shared.append(pair)
        pair.bed.up()
        Pace.factor = max(1.0, pair.bed.boot_s / USUAL_BOOT_S)
        print("both machines booted in %.0f s, %s" % (pair.bed.boot_s, pair.bed.accelerator), flush=True)
    return _shared[0]


def close():
    while _shared:
        _shared.pop().bed.down()


class PairTest(unittest.TestCase):
    CONFIG = None

    def setUp(self):
        if REASON_TO_SKIP:
            self.skipTest(REASON_TO_SKIP)
        self.pair = shared()
        self.machines = self.pair.machines
        if self.CONFIG:
            self.pair.ready(self.CONFIG)

    def note(self, text):
        """A measured number, said below the test's line."""
        NOTES.append("%s: %s" % (self.id().split(".", 1)[-1], text))
        print("          " + text, flush=True)

    def happens(self, condition, seconds, what):
        try:
            return wait_for(condition, seconds, what)
        except BedError as error:
            self.fail(str(error))

    def stays(self, condition, seconds, what):
        """True all the time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.assertTrue(condition(), what)
            time.sleep(0.1)

    def taken_over(self, watch, node, seconds):
        """The client finds the address there, and there alone."""
        self.happens(lambda: watch.owner() == node, seconds, "the client finds the address on " + node)
        self.happens(lambda: self.pair.holds(node), 10, node + " says that it holds the group")

    def returns(self, node, old_boot=None, seconds=BOOT_S):
        """The machine is up again, was started anew if an old boot is given, and hbd on both sees the other."""
        if old_boot:
            self.happens(lambda: self.machines[node].boot_id() not in (None, old_boot), seconds, node + " boots anew")
        self.machines[node].wait_ready(seconds * Pace.factor)
        self.happens(self.pair.see_each_other, 60, "both nodes see each other again")
