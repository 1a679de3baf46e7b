"""Frames that must not count. They are made from frames taken off the wire, so that no format is known here."""
import os
import random
import signal
import subprocess
import sys
import time

from case import HbdTest, alone
import lab as lab_module
from lab import Listener, parse_heartbeat, send_udp

HERE = os.path.dirname(os.path.abspath(__file__))


class Frames(HbdTest):
    def recorded(self, lab, host, count=10):
        """Frames of one host as they were on the wire, oldest first."""
        listener = Listener(lab, lab.client, "w2", parse_heartbeat())
        self.happens(lambda: len(self.by(listener, host)) >= count, 5, "frames of " + host.name)
        return self.by(listener, host)

    @staticmethod
    def by(listener, host):
        return [payload for _, (source, payload) in list(listener.seen) if source == host.address(1)]

    @staticmethod
    def refused(host):
        return host.status()["frames_refused"]

    def inject(self, lab, payloads):
        """To srv1, from where srv2's own frames come from."""
        for first in range(0, len(payloads), 20):
            send_udp(lab.srv2.namespace, payloads[first:first + 20], lab.srv1.address(1), source=lab.srv2.address(1),
                     interface="eth1")
            time.sleep(0.002)

    def unmoved(self, lab, before):
        status = lab.srv1.status()
        self.assertEqual("active", status["peer"]["state"])
        self.assertEqual([(g["owner"], g["epoch"], g["here"]) for g in before["groups"]],
                         [(g["owner"], g["epoch"], g["here"]) for g in status["groups"]])
        self.assertTrue(lab.srv1.has_address() and not lab.srv2.has_address())

    def check_refused(self, make, reasons):
        lab = self.started(media=("mcast", "ucast"))
        frames = self.recorded(lab, lab.srv2)
        before, counted = lab.srv1.status(), self.refused(lab.srv1)
        payloads = make(frames)
        self.inject(lab, payloads)
        self.happens(lambda: sum(self.refused(lab.srv1)[r] - counted[r] for r in reasons) >= len(payloads), 3,
                     "%d frames counted as one of %s" % (len(payloads), ", ".join(reasons)))
        self.unmoved(lab, before)

    def test_truncated_frames(self):
        self.check_refused(lambda frames: [frames[0][:n] for n in range(1, len(frames[0]))],
                           ["too_short", "bad_mac", "malformed", "bad_magic"])

    def test_oversized_frames(self):
        self.check_refused(lambda frames: [frames[0] + b"\0" * n for n in (1, 100, 1400, 4000, 60000)],
                           ["too_long", "bad_mac", "malformed"])

    def test_random_bytes(self):
        source = random.Random(1)
        self.check_refused(lambda frames: [source.randbytes(source.randrange(1, 1400)) for _ in range(500)],
                           ["too_short", "bad_magic", "bad_version", "bad_mac", "malformed", "wrong_cluster", "unknown_sender",
                            "unknown_key"])

    def test_every_bit_flipped_once(self):
        def flip(frames):
            frame = frames[-1]
            return [bytes(b ^ (1 << bit % 8) if at == bit // 8 else b for at, b in enumerate(frame))
                    for bit in range(len(frame) * 8)]
        self.check_refused(flip, ["bad_magic", "bad_version", "bad_mac", "malformed", "wrong_cluster", "unknown_sender",
                                  "unknown_key", "own_frame", "too_short", "too_long", "replayed", "stale_generation"])

    def test_replayed_frames_of_this_start(self):
        self.check_refused(lambda frames: frames * 3, ["replayed"])

    def test_replayed_frames_do_not_wake_the_dead(self):
        lab = self.started(media=("mcast", "ucast"))
        frames = self.recorded(lab, lab.srv2)
        lab.srv2.kill()
        self.happens(lambda: lab.srv1.status()["peer"]["state"] == "dead", 3, "srv2 is dead")
        self.inject(lab, frames)
        self.stays(lambda: lab.srv1.status()["peer"]["state"] == "dead", 0.5, "it stays dead")

    def test_replayed_frames_after_a_restart_of_the_receiver_prove_nothing(self):
        lab = self.started(media=("mcast", "ucast"))
        frames = self.recorded(lab, lab.srv2)
        for host in lab.hosts:
            host.kill()
        lab.srv1.start()
        self.happens(lab.srv1.status, 3, "srv1 is back")
        self.inject(lab, frames * 3)
        self.stays(lambda: lab.srv1.status()["peer"]["state"] in ("init", "dead"), 0.5, "no peer is believed in")
        self.assertGreaterEqual(sum(self.refused(lab.srv1).values()), 3 * len(frames))

    def test_replayed_frames_of_an_earlier_start_of_the_sender(self):
        lab = self.started(media=("mcast", "ucast"), deadtime="3s", initdead="5s")
        frames = self.recorded(lab, lab.srv2)
        lab.srv2.kill()
        lab.srv2.start()
        lab.settled()
        before, counted = lab.srv1.status(), self.refused(lab.srv1)
        self.inject(lab, frames)
        self.happens(lambda: sum(self.refused(lab.srv1).values()) >= sum(counted.values()) + len(frames), 3, "all are counted")
        self.unmoved(lab, before)

    def test_another_secret_is_refused_on_both_sides(self):
        lab = self.lab(media=("mcast", "ucast"), initdead="30s")
        lab.write_config(lab.srv2, keys="auth 1\n1 sha256 another-secret-altogether\n")
        for host in lab.hosts:
            host.start()
        for host in lab.hosts:
            self.happens(lambda: host.status() and self.refused(host)["bad_mac"] >= 5, 5, host.name + " counts bad MACs")
            self.assertEqual("init", host.status()["peer"]["state"])

    def test_another_key_number_is_refused_by_its_name(self):
        lab = self.lab(media=("mcast", "ucast"), initdead="30s")
        lab.write_config(lab.srv2, keys="auth 2\n2 sha256 the-secret-of-this-lab\n")
        for host in lab.hosts:
            host.start()
        for host in lab.hosts:
            self.happens(lambda: host.status() and self.refused(host)["unknown_key"] >= 5, 5, host.name + " counts unknown keys")

    def test_keys_are_rolled_without_a_restart(self):
        lab = self.started(media=("mcast", "ucast"))
        generations = [host.status()["generation"] for host in lab.hosts]
        old, new = "1 sha256 the-secret-of-this-lab", "2 sha256 the-secret-that-comes-next"
        for keys in ("auth 1\n%s\n%s\n" % (old, new), "auth 2\n%s\n%s\n" % (new, old), "auth 2\n%s\n" % new):
            for host in lab.hosts:
                lab.write_config(host, keys=keys)
                host.signal(signal.SIGHUP)
                time.sleep(0.15)
            self.stays(lambda: all(h.status()["peer"]["state"] == "active" for h in lab.hosts), 0.7, "heartbeats go on")
        self.assertEqual(generations, [host.status()["generation"] for host in lab.hosts])
        self.assertTrue(lab.srv1.has_address() and not lab.srv2.has_address())

    @alone
    def test_a_flood_of_forged_frames_on_one_medium_costs_no_heartbeat_on_the_other(self):
        lab = self.started(media=("mcast", "ucast"))
        frame = self.recorded(lab, lab.srv2)[-1]
        forged = frame[:-1] + bytes([frame[-1] ^ 1])
        before = [host.status() for host in lab.hosts]
        seconds = 4
        flood = subprocess.Popen([sys.executable, os.path.join(HERE, "flood.py"), lab.client, "239.192.0.94", "50000",
                                  str(seconds), forged.hex()], stdout=subprocess.PIPE, text=True)
        self.addCleanup(flood.kill)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for host in lab.hosts:
                self.assertEqual("up", host.link("ucast")["state"], host.name)
            time.sleep(0.05)
        sent = int(flood.communicate()[0])
        time.sleep(0.3)
        self.assertGreater(sent, 40000 * seconds, "the flood itself was too slow")
        for host, earlier in zip(lab.hosts, before):
            received = host.link("ucast")["frames_received"] - next(
                link["frames_received"] for link in earlier["links"] if "ucast" in link["name"])
            self.assertGreaterEqual(received, int(seconds * 10 * 0.95), host.name)
            # To srv2 the forged frames look like its own.
            self.assertGreater(self.refused(host)["bad_mac"] + self.refused(host)["own_frame"], 1000)
        self.unmoved(lab, before[0])
