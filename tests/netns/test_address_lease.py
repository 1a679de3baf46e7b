"""The owner's daemon stands still while its kernel lives: what a client sees that asks for the address once a millisecond, over ARP and over
neighbour discovery, with each proof; what the handle in the kernel does when it is flushed, and that it disturbs nothing in normal life."""
import os
import signal
import socket
import struct
import subprocess
import sys
import time

from case import HbdTest
from lab import VIP, Probe, wait_for
from races import PLUGINS, Races
import case
import test_witness  # as a module: its tests are not this file's

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench"))
from pauses import ArpClient  # noqa: E402

VIP6 = "fd77::100"
KEEPALIVE_MS = 100
BOUND_MS = KEEPALIVE_MS + 5
UDP = ("mcast", "ucast")
TABLE = "hbd_lease_lab"


class SolicitingClient(ArpClient):
    """The same over IPv6: a neighbour solicitation once a millisecond."""

    PROTOCOL = 0x86DD

    def make_request(self, mac):
        target = socket.inet_pton(socket.AF_INET6, VIP6)
        source = socket.inet_pton(socket.AF_INET6, "fd77::1")
        group = socket.inet_pton(socket.AF_INET6, "ff02::1:ff00:100")
        body = struct.pack("!BBHI", 135, 0, 0, 0) + target + b"\x01\x01" + mac
        total = sum(struct.unpack("!%dH" % ((len(source + group + body) + 8) // 2),
                                  source + group + struct.pack("!II", len(body), 58) + body))
        total = (total & 0xffff) + (total >> 16)
        total = ~((total & 0xffff) + (total >> 16)) & 0xffff
        body = body[:2] + struct.pack("!H", total) + body[4:]
        return b"\x33\x33\xff\x00\x01\x00" + mac + b"\x86\xdd" + struct.pack("!IHBB", 0x60000000, len(body), 58, 255) \
            + source + group + body

    @staticmethod
    def parse(data):
        """The sender's MAC of a solicited advertisement of the address."""
        good = len(data) >= 78 and data[12:14] == b"\x86\xdd" and data[20] == 58 and data[54] == 136 and data[58] & 0x40 \
            and data[62:78] == socket.inet_pton(socket.AF_INET6, VIP6)
        return data[6:12].hex(":") if good else None


class AddressLease(HbdTest):
    SHARES = PLUGINS

    lease = staticmethod(test_witness.Witness.lease)

    def freeze(self, lab, owner, seconds, after=None, client=ArpClient):
        """Milliseconds with two owners, over all; the address ends on one node."""
        asked = client(lab)
        time.sleep(0.2)
        begin = time.time_ns()
        owner.signal(signal.SIGSTOP)
        time.sleep(seconds)
        owner.signal(signal.SIGCONT)
        if after:
            after()
        time.sleep(0.7)
        return asked.two_owners_ms(begin, time.time_ns())

    def pair(self, **more):
        return self.started(media=UDP, **more)

    def test_no_proof_short_pauses(self):
        lab = self.pair()
        for seconds in (0.5, 0.3):
            owner = lab.owner()
            self.assertLessEqual(self.freeze(lab, owner, seconds, lambda: lab.settled()), BOUND_MS)
            self.happens(lambda: lab.owner(), 3, "one owner")
            self.one_owner(lab, lab.owner())

    def test_no_proof_the_kernel_is_silent_before_the_peer_answers(self):
        lab = self.pair()
        owner = lab.owner()
        self.assertLessEqual(self.freeze(lab, owner, 2, lambda: lab.settled()), BOUND_MS)
        self.assertIsNot(owner, lab.owner())
        self.one_owner(lab, lab.owner())

    def test_no_proof_long_pause(self):
        lab = self.pair()
        owner = lab.owner()
        self.assertLessEqual(self.freeze(lab, owner, 8, lambda: lab.settled()), BOUND_MS)
        self.one_owner(lab, lab.peer(owner))

    def test_ipv6(self):
        lab = self.pair(groups={"srv1": ["[%s]/64/eth0" % VIP6]})
        owner = lab.owner()
        self.assertLessEqual(self.freeze(lab, owner, 2, lambda: lab.settled(), SolicitingClient), BOUND_MS)
        self.happens(lambda: lab.owner() is lab.peer(owner), 3, "the peer keeps it")
        self.happens(lambda: not owner.has_address(VIP6, "-6"), 2, "the former owner lets go")

    def test_witness(self):
        """On waking after its permit the former owner fences itself, which is a dry run here: it is silent and lets go."""
        lab, _ = test_witness.Witness.witnessed(self)
        owner = lab.owner("disk")
        self.assertEqual(0, self.freeze(lab, owner, 0.5, lambda: lab.settled()))
        owner = lab.owner("disk")
        peer = lab.peer(owner)
        self.assertEqual(0, self.freeze(lab, owner, 4, lambda: self.happens(lambda: peer.holds("disk"), 5, "the peer holds it")))
        self.assertTrue(peer.has_address())
        self.happens(lambda: not owner.has_address(), 2, "the former owner lets go")

    def test_fence(self):
        if case.REASON_TO_SKIP:
            self.skipTest(case.REASON_TO_SKIP)
        for seconds in (0.5, 2):
            with Races(case.PROGRAM) as races:
                lab = races.lab
                owner = lab.owner("disk")
                taken = self.freeze(lab, owner, seconds, lambda: wait_for(
                    lambda: lab.peer(owner).holds("disk"), 10, "the survivor holds the group"))
                self.assertEqual(0, taken)

    def nft(self, host, *words):
        done = subprocess.run(["ip", "netns", "exec", host.namespace, "nft", *words], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        self.assertEqual(0, done.returncode, done.stdout)
        return done.stdout

    def test_what_somebody_flushed_is_back(self):
        lab = self.pair()
        owner = lab.owner()
        self.happens(lambda: "10.77.0.100 timeout" in self.nft(owner, "list", "ruleset"), 2, "the address is in the set")
        self.nft(owner, "flush", "ruleset")
        self.happens(lambda: "10.77.0.100 timeout" in self.nft(owner, "list", "ruleset"), 2, "and is so again")
        self.nft(owner, "flush", "ruleset")
        self.happens(lambda: "10.77.0.100 timeout" in self.nft(owner, "list", "ruleset"), 2, "every time")
        self.happens(lambda: owner.status()["address_lease"]["repairs"] == 2, 2, "both are counted")
        self.assertEqual(1, owner.log().count("[507]"), "and said once a minute")
        self.assertLessEqual(self.freeze(lab, owner, 2, lambda: lab.settled()), BOUND_MS)

    def test_a_killed_daemon_leaves_silence_and_the_next_one_ends_it(self):
        lab = self.pair()
        owner = lab.owner()
        peer = lab.peer(owner)
        peer.hbctl("stop")
        self.happens(lambda: not peer.running(), 5, "the peer has left")
        self.happens(lambda: owner.holds(), 3, "the owner holds it alone")
        probe = Probe(lab, VIP)
        probe.wait_answer(3)
        owner.kill()
        time.sleep(0.7)
        self.assertTrue(owner.has_address(), "the address stays configured")
        last = max(probe.answered)
        time.sleep(0.3)
        self.assertEqual(last, max(probe.answered), "silent while nobody watches")
        owner.start()
        probe.wait_answer(10)

    def test_a_daemon_that_was_told_to_leave_all_running_leaves_it_answering(self):
        lab = self.pair()
        owner = lab.owner()
        lab.peer(owner).hbctl("stop")
        probe = Probe(lab, VIP)
        probe.wait_answer(3)
        owner.signal(signal.SIGUSR2)
        self.happens(lambda: not owner.running(), 5, "it ends")
        self.assertNotIn(TABLE, self.nft(owner, "list", "ruleset"))
        time.sleep(0.7)
        probe.wait_answer(1)
        owner.start()
        self.happens(lambda: owner.holds(), 15, "the next one adopts it")
        self.assertEqual(0, probe.outage_ms(), "a reply was lost")

    def test_normal_life_loses_no_reply(self):
        lab = self.pair()
        probe = Probe(lab, VIP)
        probe.wait_answer(3)
        time.sleep(3)
        self.assertEqual(0, probe.outage_ms(), "a reply was lost")
        owner = lab.owner()
        renewals = owner.status()["address_lease"]["renewals"]
        self.assertEqual("on", owner.status()["address_lease"]["state"])
        self.assertGreater(renewals, 5)
        owner.hbctl("standby")
        self.happens(lambda: lab.peer(owner).holds(), 5, "handed over")
        probe.wait_answer(2)
        self.happens(lambda: "elements" not in self.nft(owner, "list", "table", "arp", TABLE), 2, "nothing is guarded there")

    def test_it_can_be_turned_off(self):
        lab = self.lab(media=UDP)
        for host in lab.hosts:
            lab.write_config(host, "address_lease = false\n" + lab.config())
        lab.start()
        self.assertIsNone(lab.srv1.status().get("address_lease"))
        self.assertNotIn(TABLE, self.nft(lab.srv1, "list", "ruleset"))
