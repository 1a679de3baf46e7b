"""Groups that require the witness, and the witness is a disk: one file, and for each host a loop device of its own onto it."""
import os
import subprocess
import time
import unittest

from case import HbdTest
from lab import VIP
from test_witness import LEASE_S
import test_witness  # as a module: its tests are not this file's

CONFIG = """
[witness]
device = "%s"
lease = "1500ms"

[[group]]
name = "disk"
node = "srv1"
require = "witness"
resources = ["%s/24/eth0"]
"""
BYTES = 1024 * 1024
SLOT = 4096


class SharedFile:
    """A file, and a link for each host that leads to it or to a loop device on it."""

    def __init__(self, lab, loops):
        self.lab = lab
        self.path = os.path.join(lab.dir, "shared")
        self.loops = {}
        # Each host shows its own directory under the same name.
        self.name = os.path.join(lab.here, "witness-disk")
        with open(self.path, "wb") as file:
            file.truncate(BYTES)
        lab.closers.append(self.close)
        for host in lab.hosts:
            target = self.attach(host) if loops else self.path
            os.symlink(target, os.path.join(host.dir, "witness-disk"))

    def attach(self, host):
        done = subprocess.run(["losetup", "--find", "--show", "--direct-io=on", self.path], capture_output=True, text=True)
        if done.returncode != 0:
            raise unittest.SkipTest("no loop devices: " + done.stderr.strip())
        self.loops[host.name] = done.stdout.strip()
        return self.loops[host.name]

    def lose(self, host):
        """The host's way to the disk is gone; that of the other is not."""
        os.remove(os.path.join(host.dir, "witness-disk"))
        subprocess.run(["losetup", "--detach", self.loops.pop(host.name)], check=True)

    def format(self, *more):
        return subprocess.run([*self.lab.program, "witness", "--format", self.path, "--cluster", "lab", "--lease", "1500ms", *more],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def close(self):
        for loop in self.loops.values():
            subprocess.run(["losetup", "--detach", loop], check=False)
        self.loops.clear()


class DiskWitness(HbdTest):
    never_twice = test_witness.Witness.never_twice
    lease = staticmethod(test_witness.Witness.lease)

    def shared(self, loops=False):
        lab = self.lab(groups={}, media=("mcast", "ucast"))
        disk = SharedFile(lab, loops)
        formatted = disk.format("--yes")
        self.assertEqual(0, formatted.returncode, formatted.stderr)
        for host in lab.hosts:
            text = lab.config().replace("[[mcast]]", "watchdog = \"none\"\n[[mcast]]", 1)
            lab.write_config(host, text + CONFIG % (disk.name, VIP))
        lab.start()
        self.one_owner(lab, lab.srv1)
        self.happens(lambda: self.lease(lab.srv1), 8, "srv1 has the lease")
        return lab, disk

    def test_a_dead_owner_s_group_is_taken_when_its_claim_has_stood_still(self):
        lab, _ = self.shared()
        begun = time.monotonic()
        lab.srv1.die()
        lab.srv1.clean()
        # The last heartbeat may be one keepalive older than this moment.
        left = begun + LEASE_S - 0.2 - time.monotonic()
        self.stays(lambda: not lab.srv2.has_address(), max(left, 0), "srv2 waits for the end of the permit")
        self.happens(lambda: lab.srv2.holds("disk"), 8, "srv2 takes over")

    def test_of_two_that_see_each_other_only_on_the_disk_one_runs_it(self):
        lab, _ = self.shared()
        lab.cut("mcast")
        lab.cut("ucast")
        self.happens(lambda: lab.srv2.group("disk")["state"] == "blocked", 5, "srv2 waits")
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 4 * LEASE_S, "nothing moves")
        self.assertLess(lab.srv2.status()["witness"]["disk"]["peer_age_ms"], 1000)
        lab.srv1.die()
        lab.srv1.clean()
        self.never_twice(lab, lambda: lab.srv2.holds("disk"), 10, "srv2 takes over", first=lab.srv2)

    def test_a_lost_sector_is_reported_and_nothing_else_happens(self):
        lab, disk = self.shared()
        with open(disk.path, "r+b", buffering=0) as file:
            # Slots of both nodes, of which each writes only its first one again: the others stay lost.
            for slot in (3, 11):
                file.seek(slot * SLOT)
                file.write(os.urandom(SLOT))
            file.flush()
            os.fsync(file.fileno())
        self.happens(lambda: lab.srv2.status()["witness"]["disk"]["bad_copies"] == 1, 8, "the bad copy is shown")
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 2 * LEASE_S, "nothing moves")
        self.assertEqual("up", lab.srv1.status()["witness"]["state"])
        lab.srv1.die()
        lab.srv1.clean()
        self.happens(lambda: lab.srv2.holds("disk"), 8, "srv2 takes over with the other copy")

    def test_without_its_disk_a_healthy_pair_goes_on(self):
        lab, disk = self.shared(loops=True)
        disk.lose(lab.srv1)
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 3 * LEASE_S, "nothing moves")
        self.assertEqual("active", lab.srv1.status()["peer"]["state"])
        self.assertEqual("up", lab.srv2.status()["witness"]["state"])

    def test_format_looks_first(self):
        lab = self.lab(groups={}, media=("mcast",))
        disk = SharedFile(lab, loops=False)
        self.assertIn("no terminal", disk.format().stderr)
        with open(disk.path, "r+b") as file:
            file.seek(0x438)
            file.write(b"\x53\xef")
        refused = disk.format("--yes")
        self.assertEqual(1, refused.returncode)
        self.assertIn("holds data", refused.stderr)
        self.assertEqual(0, disk.format("--yes", "--force").returncode)
        self.assertEqual(0, disk.format("--yes").returncode)
        with open(disk.path, "r+b") as file:
            file.truncate(BYTES + 1)
        self.assertIn("multiple of 4096", disk.format("--yes").stderr)
        with open(disk.path, "r+b") as file:
            file.truncate(SLOT)
        self.assertIn("at least 256 KiB", disk.format("--yes").stderr)
