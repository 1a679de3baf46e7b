"""Groups that require the witness: two hosts, and the third machine on the client's side of the first network."""
import os
import signal
import subprocess
import time

from case import HbdTest
from lab import VIP

LEASE_S = 1.5

CONFIG = """
[witness]
address = "10.77.0.1"
lease = "1500ms"

[[group]]
name = "disk"
node = "srv1"
require = "witness"
resources = ["%s/24/eth0"]
"""


class ThirdMachine:
    """hbd witness in the client's namespace."""

    def __init__(self, lab):
        self.lab = lab
        self.keys = os.path.join(lab.dir, "keys")
        self.state = os.path.join(lab.dir, "witness")
        os.mkdir(self.keys)
        with open(os.open(os.path.join(self.keys, "lab.authkeys"), os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write("auth 1\n1 sha256 the-secret-of-this-lab\n")
        self.process = None
        lab.closers.append(self.stop)

    def start(self):
        with open(os.path.join(self.lab.dir, "witness.log"), "a") as log:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.lab.client, *self.lab.program, "witness", "--keys", self.keys,
                 "--state-dir", self.state, "--listen", "10.77.0.1:695"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def stop(self, number=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            os.kill(self.process.pid, number)
            self.process.wait(5)
        return self.process.returncode if self.process else None


class Witness(HbdTest):
    def witnessed(self):
        # Keys of the top level must stand before the tables.
        lab = self.lab(groups={}, media=("mcast", "ucast"))
        text = lab.config().replace("[[mcast]]", "watchdog = \"none\"\n[[mcast]]", 1)
        text += CONFIG % VIP
        for host in lab.hosts:
            lab.write_config(host, text)
        third = ThirdMachine(lab)
        third.start()
        lab.start()
        self.one_owner(lab, lab.srv1)
        self.happens(lambda: self.lease(lab.srv1), 5, "srv1 has the lease")
        return lab, third

    @staticmethod
    def lease(host):
        group = host.group("disk")
        return group and group["lease_left_ms"]

    def never_twice(self, lab, condition, seconds, what, first):
        """Until the condition holds, never on both; whoever may be about to get it is looked at first."""
        second = lab.peer(first)
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertFalse(first.has_address() and second.has_address(), "the address is on both hosts")
            self.assertLess(time.monotonic(), deadline, what)
        self.assertFalse(first.has_address() and second.has_address(), "the address is on both hosts")

    def test_a_dead_owner_s_group_is_taken_when_its_lease_has_run_out(self):
        lab, _ = self.witnessed()
        begun = time.monotonic()
        lab.srv1.die()
        lab.srv1.clean()
        self.stays(lambda: not lab.srv2.has_address(), LEASE_S - 0.4, "srv2 waits for the end of the permit")
        self.assertIn("waiting", lab.srv2.group("disk")["reason"])
        self.happens(lambda: lab.srv2.holds("disk"), 6, "srv2 takes over")
        self.assertLess(time.monotonic() - begun, 4 * LEASE_S)

    def test_of_two_that_lose_each_other_the_holder_of_the_lease_goes_on(self):
        lab, _ = self.witnessed()
        lab.cut("mcast")
        lab.cut("ucast")
        self.happens(lambda: lab.srv2.group("disk")["state"] == "blocked", 5, "srv2 waits")
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 3 * LEASE_S, "nothing moves")
        lab.restore("mcast")
        lab.restore("ucast")
        self.happens(lambda: lab.srv2.status()["peer"]["state"] == "active", 5, "both hear each other again")
        self.one_owner(lab, lab.srv1)

    def test_an_owner_that_is_cut_off_from_all_has_stopped_before_the_other_starts(self):
        lab, _ = self.witnessed()
        lab.pull_all(lab.srv1)
        self.never_twice(lab, lambda: lab.srv2.holds("disk"), 10, "srv2 takes over", first=lab.srv2)
        self.assertFalse(lab.srv1.has_address())
        lab.plug_all(lab.srv1)
        self.happens(lambda: lab.srv1.status()["peer"]["state"] == "active", 5, "both hear each other again")
        self.one_owner(lab, lab.srv2)

    def test_without_the_witness_nothing_moves_and_a_handover_works(self):
        lab, third = self.witnessed()
        third.stop()
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 2 * LEASE_S, "nothing moves")
        self.happens(lambda: lab.srv1.status()["witness"]["state"] == "lost", 5, "the loss is shown")
        lab.srv1.hbctl("standby")
        self.never_twice(lab, lambda: lab.srv2.holds("disk"), 5, "srv2 gets the group", first=lab.srv2)
        self.one_owner(lab, lab.srv2)

    def test_a_witness_that_is_started_again_has_forgotten_nothing(self):
        lab, third = self.witnessed()
        epoch = lab.srv1.group("disk")["epoch"]
        self.assertEqual(0, third.stop(signal.SIGTERM))
        third.start()
        self.happens(lambda: lab.srv1.status()["witness"]["last_answer_ms"] < 400, 5, "it answers again")
        self.assertEqual(epoch, lab.srv1.group("disk")["epoch"])
        lab.cut("mcast")
        lab.cut("ucast")
        self.stays(lambda: lab.srv1.has_address() and not lab.srv2.has_address(), 3 * LEASE_S, "the holder keeps it")
