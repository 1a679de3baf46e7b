#!/usr/bin/env python3
"""Measures what hbd promises, on this machine, with the real binary, and keepalived beside it where it has a like.

Times on the wire are the kernel's (AF_PACKET, SO_TIMESTAMPNS). The time of an address is when this program, woken by the
kernel's netlink notice, had read it: a little late, never early. Prints a table and writes --json. --quick shortens the
long runs; the table says how long each was.
"""
import argparse
import glob
import json
import os
import platform
import random
import re
import resource
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "netns"))
import lab as lab_module  # noqa: E402
from lab import (ETH_P_ARP, AddressMonitor, Lab, LabError, Listener, Probe, gratuitous, parse_arp,  # noqa: E402
                 parse_heartbeat, wait_for)
from keepalived import Pair  # noqa: E402
import agents  # noqa: E402
import pauses  # noqa: E402

UDP = ("mcast", "ucast")


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, max(0, round(share * (len(values) - 1))))]


class Bench:
    def __init__(self, program, quick):
        self.program = program
        self.quick = quick
        self.rows = []

    def lab(self, **settings):
        return Lab(self.program, **settings)

    def row(self, name, target, values, unit, good, note=""):
        """One line of the table. values: a list of measurements; good: verdict, or None for what has no target."""
        values = list(values)
        row = {"name": name, "target": target, "unit": unit, "n": len(values), "note": note,
               "median": percentile(values, 0.5) if values else None, "p95": percentile(values, 0.95) if values else None,
               "max": max(values) if values else None, "verdict": {True: "ok", False: "MISSED", None: ""}[good]}
        self.rows.append(row)
        print("  %-58s %s%s" % (name, ", ".join("%s %.3g %s" % (key, row[key], unit) for key in ("median", "p95", "max"))
                                if values else note, "  " + row["verdict"]), flush=True)

    # Takeover: deadline (last heartbeat heard + deadtime) to address, and to the first gratuitous ARP.

    def takeover(self):
        kills = 15 if self.quick else 50
        for keepalive, deadtime in ((100, 500), (10, 50)):
            to_address, to_arp = self.kills(keepalive, deadtime, kills)
            setting = "keepalive %d ms, deadtime %d ms, %d kills" % (keepalive, deadtime, kills)
            for name, values in (("takeover: address configured", to_address), ("takeover: first gratuitous ARP", to_arp)):
                self.row("%s (%d/%d ms)" % (name, keepalive, deadtime), "median <= 0.7, p95 <= 1.5", values, "ms",
                         percentile(values, 0.5) <= 0.7 and percentile(values, 0.95) <= 1.5, setting)

    def kills(self, keepalive, deadtime, count):
        to_address, to_arp = [], []
        with self.lab(media=UDP, keepalive="%dms" % keepalive, deadtime="%dms" % deadtime, initdead="5s") as lab:
            arp = Listener(lab, lab.client, "br0", parse_arp, ETH_P_ARP)
            heard = {host: [Listener(lab, host.namespace, "eth%d" % n, parse_heartbeat()) for n in (0, 1)] for host in lab.hosts}
            monitors = {host: AddressMonitor(lab, host) for host in lab.hosts}
            macs = {host: host.mac() for host in lab.hosts}
            lab.start()
            for _ in range(count):
                owner = lab.owner()
                other = lab.peer(owner)
                theirs = (owner.address(0), owner.address(1))
                time.sleep(0.3 + random.random() * keepalive / 1000)
                begin = time.time_ns()
                owner.die()
                wait_for(lambda: monitors[other].added(begin), 5, "takeover")
                wait_for(lambda: self.announced(arp, begin, macs[other]), 5, "gratuitous ARP")
                last = max(stamp for listener in heard[other] for stamp, (source, _) in listener.seen if source in theirs)
                deadline = last + deadtime * 1_000_000
                to_address.append((monitors[other].added(begin) - deadline) / 1e6)
                to_arp.append((self.announced(arp, begin, macs[other]) - deadline) / 1e6)
                for listener in heard[owner] + heard[other] + [arp]:
                    listener.seen.clear()
                owner.clean()
                lab.plug_all(owner)
                owner.start()
                lab.settled()
        return to_address, to_arp

    @staticmethod
    def announced(arp, begin, mac):
        """When this host's first gratuitous ARP was on the wire, or None."""
        return next((stamp for stamp, found in arp.since(begin) if gratuitous(found) and found[1] == mac), None)

    def keepalived(self):
        """The same deaths for keepalived: its deadline is its own master down timer, three adverts and the skew."""
        kills = 10 if self.quick else 50
        to_address, to_arp = [], []
        with self.lab(media=()) as lab:
            pair = Pair(lab)
            arp = Listener(lab, lab.client, "br0", parse_arp, ETH_P_ARP)
            heard = {host: Listener(lab, host.namespace, "eth0", pair.parse_advert) for host in lab.hosts}
            monitors = {host: AddressMonitor(lab, host) for host in lab.hosts}
            macs = {host: host.mac() for host in lab.hosts}
            for host in lab.hosts:
                pair.start(host)
                wait_for(lambda: host.has_address() or host is lab.srv2, 10, "keepalived has the address")
            time.sleep(1)
            for _ in range(kills):
                owner = lab.srv1 if lab.srv1.has_address() else lab.srv2
                other = lab.peer(owner)
                time.sleep(0.5 + random.random() * 0.1)
                begin = time.time_ns()
                pair.die(owner)
                wait_for(lambda: monitors[other].added(begin), 5, "takeover by keepalived")
                wait_for(lambda: self.announced(arp, begin, macs[other]), 5, "gratuitous ARP of keepalived")
                last = max(stamp for stamp, source in heard[other].seen if source == owner.address(0))
                deadline = last + pair.master_down_ns
                to_address.append((monitors[other].added(begin) - deadline) / 1e6)
                to_arp.append((self.announced(arp, begin, macs[other]) - deadline) / 1e6)
                for listener in list(heard.values()) + [arp]:
                    listener.seen.clear()
                owner.clean()
                lab.plug_all(owner)
                pair.start(owner)
                time.sleep(1.5)
        note = "%s, adverts every 100 ms, %d kills" % (pair.version, kills)
        self.row("keepalived, for comparison: address configured", "", to_address, "ms", None, note)
        self.row("keepalived, for comparison: first gratuitous ARP", "", to_arp, "ms", None, note)

    def handover(self):
        moves = 10 if self.quick else 50
        outages = []
        with self.lab(media=UDP) as lab:
            lab.start()
            probe = Probe(lab)
            probe.wait_answer(5)
            for _ in range(moves):
                owner = lab.owner()
                time.sleep(1.3)
                begin = time.monotonic()
                owner.hbctl("standby")
                wait_for(lambda: lab.owner() is lab.peer(owner), 5, "handover")
                probe.wait_answer(5)
                time.sleep(0.3)
                outages.append(probe.outage_ms(begin))
        self.row("handover by standby: outage seen by a client", "median <= 2, max <= 20", outages, "ms",
                 percentile(outages, 0.5) <= 2 and max(outages) <= 20, "%d moves, a probe every millisecond; 0: not one was lost" % moves)

    # Quiet and not so quiet minutes at 10 ms.

    def idle(self):
        self.no_false_death("idle", 60 if self.quick else 600)

    def stress(self):
        seconds = 30 if self.quick else 180
        load = subprocess.Popen(["stress-ng", "--cpu", str(os.cpu_count()), "--timeout", "%ds" % (seconds + 30)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            time.sleep(1)
            self.no_false_death("stress-ng on every core", seconds)
        finally:
            load.terminate()
            load.wait()

    def no_false_death(self, name, seconds):
        with self.lab(media=UDP, keepalive="10ms", deadtime="50ms", initdead="5s") as lab:
            lab.start(60)
            heard = Listener(lab, lab.srv2.namespace, "eth0", parse_heartbeat())
            time.sleep(1)
            before = [host.status() for host in lab.hosts]
            time.sleep(seconds)
            after = [host.status() for host in lab.hosts]
            stamps = [stamp for stamp, (source, _) in heard.seen if source == lab.srv1.address(0)]
        deaths = sum(a["peer"]["since_s"] < seconds or a["groups"][0]["epoch"] != b["groups"][0]["epoch"]
                     for a, b in zip(after, before))
        gaps = [(b - a) / 1e6 for a, b in zip(stamps, stamps[1:])]
        self.row("false deaths at 10/50 ms, " + name, "0", [deaths], "", deaths == 0, "%d s, both hosts" % seconds)
        self.row("gaps between heartbeats, " + name, "", gaps, "ms", None, "p50 %.2f, p99 %.2f, p99.9 %.2f, max %.2f ms" % (
            percentile(gaps, 0.5), percentile(gaps, 0.99), percentile(gaps, 0.999), max(gaps)))
        if name == "idle":
            beats = sum(link["frames_sent"] + link["frames_received"] for link in after[0]["links"]) \
                - sum(link["frames_sent"] + link["frames_received"] for link in before[0]["links"])
            for key, unit in (("allocated_bytes", "bytes"), ("collections", "")):
                grown = [a["loop"][key] - b["loop"][key] for a, b in zip(after, before)]
                enough = "" if beats >= 100_000 else " (100,000 need a run that is not --quick)"
                self.row("steady loop: " + key.replace("_", " "), "0 over 100,000 heartbeats", grown, unit, not any(grown),
                         "over %d heartbeats sent and received%s" % (beats, enough))

    # What it costs.

    def footprint(self):
        seconds = 20 if self.quick else 120
        with self.lab(media=UDP) as lab:
            lab.start()
            time.sleep(5)
            before = [self.cpu_ns(host) for host in lab.hosts]
            time.sleep(seconds)
            hourly = [(self.cpu_ns(host) - b) / 1e9 / seconds * 3600 for host, b in zip(lab.hosts, before)]
            memory = [self.memory(host) for host in lab.hosts]
            processes = [len(lab_module.run("ip", "netns", "pids", host.namespace).stdout.split()) for host in lab.hosts]
            threads = [len(os.listdir("/proc/%d/task" % host.process.pid)) for host in lab.hosts]
        self.row("CPU an hour, ten heartbeats a second on two media", "<= 10", hourly, "s", max(hourly) <= 10,
                 "extrapolated from %d s, both hosts" % seconds)
        rss, pss = [m[0] for m in memory], [m[1] for m in memory]
        self.row("resident memory (RSS)", "<= 12", rss, "MB", max(rss) <= 12)
        self.row("proportional memory (PSS)", "<= 8", pss, "MB", max(pss) <= 8, "two daemons share the pages of one file")
        self.row("processes", "1", processes, "", max(processes) == 1)
        self.row("threads", "<= 6", threads, "", max(threads) <= 6)

    @staticmethod
    def cpu_ns(host):
        base = "/proc/%d/task" % host.process.pid
        total = 0
        for thread in os.listdir(base):
            with open("%s/%s/schedstat" % (base, thread)) as file:
                total += int(file.read().split()[0])
        return total

    @staticmethod
    def memory(host):
        with open("/proc/%d/smaps_rollup" % host.process.pid) as file:
            text = file.read()
        return [int(re.search(r"^%s:\s+(\d+) kB" % key, text, re.M)[1]) / 1024 for key in ("Rss", "Pss")]

    def frames(self):
        with self.lab(media=UDP) as lab:
            heard = Listener(lab, lab.client, "c1", parse_heartbeat())
            lab.start()
            time.sleep(1)
            sizes = [len(payload) for _, (source, payload) in heard.seen if source == lab.srv1.address(0)]
        with self.lab(media=UDP, groups={}) as lab:
            heard = Listener(lab, lab.client, "c1", parse_heartbeat())
            for host in lab.hosts:
                host.start()
            time.sleep(2)
            bare = [len(payload) for _, (source, payload) in heard.seen if source == lab.srv1.address(0)]
        self.row("heartbeat frame with one group", "", sizes, "bytes", None)
        self.row("heartbeat frame before group state", "<= 64", bare, "bytes", percentile(bare, 0.5) <= 64 if bare else False,
                 "" if bare else "no heartbeat without a group")

    def serial(self):
        seconds = 10 if self.quick else 30
        with self.lab(media=("serial",)) as lab:
            lab.start()
            before = [host.link("serial")["frames_received"] for host in lab.hosts]
            time.sleep(seconds)
            rates = [(host.link("serial")["frames_received"] - b) / seconds for host, b in zip(lab.hosts, before)]
        self.row("heartbeats a second each way over 19,200 baud alone", ">= 9.5", rates, "/s", min(rates) >= 9.5, "%d s" % seconds)

    def cables(self):
        media = ("mcast", "ucast", "serial")
        times = []
        moved = 0
        with self.lab(media=media) as lab:
            lab.start()
            owner = lab.owner()
            for left in media:
                cut = [medium for medium in media if medium != left]
                begin = time.monotonic()
                for medium in cut:
                    lab.cut(medium)
                waiting = {(host, medium) for host in lab.hosts for medium in cut}

                def reported():
                    for host, medium in list(waiting):
                        if host.link(medium)["state"] in ("dead", "closed"):
                            waiting.discard((host, medium))
                            times.append((time.monotonic() - begin) * 1000)
                    return not waiting
                wait_for(reported, 3, "the cut cables are reported", 0.001)
                time.sleep(1)
                moved += lab.owner() is not owner or not owner.has_address()
                for medium in cut:
                    lab.restore(medium)
                lab.settled()
        # Asking takes a few milliseconds, pulling a cable too.
        self.row("all media but one cut: reported after", "<= 500 (deadtime)", times, "ms", max(times) <= 520,
                 "six cuts seen by two hosts, with up to 20 ms for asking")
        self.row("all media but one cut: groups moved", "0", [moved], "", moved == 0)

    def pauses(self):
        """SIGSTOP stops the daemon, not the kernel: with and without the handle that lets the addresses fall silent, for each proof."""
        lengths = (0.5, 2) if self.quick else (0.5, 1, 2, 5, 10, 30, 60)
        note = "the owner's daemon stopped for " + ", ".join("%g" % seconds for seconds in lengths) + " s; an ARP request a millisecond"
        for lease in (True, False):
            handle = "address_lease = %s" % str(lease).lower()
            for proof, measure in (("no proof", pauses.without_proof), ("require = \"witness\"", pauses.with_witness)):
                during, after = zip(*[measure(self.program, seconds, lease) for seconds in lengths])
                bound, target = (0, "0") if proof != "no proof" else (105, "<= 105 (keepalive + 5)")
                both = [a + b for a, b in zip(during, after)]
                # Without the handle the stopped owner's kernel goes on answering: told, not judged.
                self.row("two owners seen by a client, %s, %s" % (proof, handle), target if lease else "", both, "ms",
                         max(both) <= bound if lease else None, note)
                self.row("   of that after SIGCONT", target, after, "ms", max(after) <= bound)
        proven = [pauses.with_proof(self.program, seconds) for seconds in lengths]
        self.row("two owners seen by a client, require = \"fence\"", "0", proven, "ms", max(proven) == 0, note)

    def agents(self):
        """A thousand resources by each way of running them, and Pacemaker's executor beside."""
        rounds = 1 if self.quick else 5
        note = "%d rounds; state and files in memory" % rounds
        starts = {}
        for kind in agents.KINDS:
            for groups in (1, 10):
                stop, start, busy, look = agents.lifecycle(self.program, kind, groups, rounds)
                starts[kind, groups] = percentile(start, 0.5)
                name = "1,000 in %s: %s" % ("one group" if groups == 1 else "10 groups", kind)
                bound = {("built in (WriteFile)", 1): 50, ("built in (WriteFile)", 10): 25}.get((kind, groups))
                self.row(name + ", start", "<= %d" % bound if bound else "", start, "ms",
                         percentile(start, 0.5) <= bound if bound else None, note)
                if look:
                    self.row(name + ", monitor", "", look, "ms", None, "those after a maintenance; the other node looks as well")
                self.row(name + ", stop", "", stop, "ms", None)
                self.row(name + ", processor time of both", "", busy, "ms", None)
        bare = agents.bare_spawn(rounds)
        self.row("1,000 times posix_spawn and wait in C, the same C file", "", bare, "ms", None, note)
        program = starts["the same C file as a program", 1]
        ratio = program / percentile(bare, 0.5)
        self.row("fork-exec against that loop", "<= 1.5", [ratio], "times", ratio <= 1.5, "one after the other, in one group")
        built_in = starts["built in (WriteFile)", 1]
        self.row("built in against fork-exec", "", [program / built_in], "times", None, "starts of 1,000 in one group")
        peer = agents.pacemaker(rounds)
        if peer is None:
            self.row("pacemaker-execd", "", [], "", None, "not measured: needs pacemaker and pacemaker-dev")
            return
        for phase, values in zip(("start", "monitor", "stop"), peer):
            self.row("pacemaker-execd: 1,000 of ocf:pacemaker:Dummy, " + phase, "", values, "ms", None, note)
        ratio = percentile(peer[0], 0.5) / starts["ocf:pacemaker:Dummy (shell)", 10]
        self.row("pacemaker-execd against hbd, the same shell agent", "", [ratio], "times", None, "starts of 1,000; hbd with 10 groups")
        self.row("pacemaker-execd against hbd, agent built in", "", [percentile(peer[0], 0.5) / built_in], "times", None, "starts of 1,000")

    def agent_load(self):
        gaps = agents.gaps_while_starting(self.program, 3 if self.quick else 20)
        self.row("gaps between heartbeats while 1,000 resources start", "p99.9 <= 5 over 10", gaps, "ms",
                 percentile(gaps, 0.999) <= 15, "keepalive 10 ms; p99.9 %.2f ms" % percentile(gaps, 0.999))
        seconds = 20 if self.quick else 60
        share, each, gaps = agents.monitors(self.program, seconds)
        self.row("10,000 monitors each 10 s: processor", "", [share / 10], "%", None, "%d s; %.1f us for each monitor" % (seconds, each))
        self.row("10,000 monitors each 10 s: gaps between heartbeats", "", gaps, "ms", None,
                 "keepalive 10 ms; p99.9 %.2f, max %.2f ms" % (percentile(gaps, 0.999), max(gaps)))

    def flood(self):
        seconds = 5 if self.quick else 30
        with self.lab(media=UDP) as lab:
            lab.start()
            tap = Listener(lab, lab.srv2.namespace, "eth0", parse_heartbeat())
            time.sleep(0.5)
            frame = tap.seen[-1][1][1]
            tap.close()
            forged = frame[:-1] + bytes([frame[-1] ^ 1])
            before = [host.status() for host in lab.hosts]
            done = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "netns", "flood.py"), lab.client, "239.192.0.94",
                                   "50000", str(seconds), forged.hex()], stdout=subprocess.PIPE, text=True)
            time.sleep(0.5)
            after = [host.status() for host in lab.hosts]

        def grown(host, key):
            return next(link[key] for link in after[host]["links"] if "ucast" in link["name"]) \
                - next(link[key] for link in before[host]["links"] if "ucast" in link["name"])
        lost = [abs(grown(1 - host, "frames_sent") - grown(host, "frames_received")) for host in (0, 1)]
        # To srv2 the forged frames look like its own.
        refused = [sum(s["frames_refused"][key] * sign for key in ("bad_mac", "own_frame") for s, sign in ((a, 1), (b, -1)))
                   for a, b in zip(after, before)]
        # The two statuses of the pair are not taken at the same instant: one frame may be on its way.
        self.row("heartbeats lost on unicast during a flood on multicast", "0", lost, "", max(lost) <= 1,
                 "%d forged frames a second for %d s; %d and %d refused" % (int(done.stdout) // seconds, seconds, *refused))

    def binary(self):
        path = os.path.realpath(self.program[0])
        size = os.path.getsize(path) / 1e6
        self.row("binary", "<= 8", [size], "MB", size <= 8)
        listed = subprocess.run(["ldd", path], stdout=subprocess.PIPE, text=True).stdout
        names = sorted({re.split(r"[\s/]", line.strip().split(" (")[0].split(" =>")[0])[-1] for line in listed.splitlines()}
                       - {"linux-vdso.so.1"})
        good = all(re.match(r"(libc|libm|ld-linux.*)\.so", name) for name in names)
        self.row("shared libraries (ldd)", "libc, libm, loader", [len(names)], "", good, " ".join(names))

    def first_heartbeat(self):
        times = []
        with self.lab(media=UDP) as lab:
            heard = [Listener(lab, lab.client, port, parse_heartbeat()) for port in ("c1", "w1")]
            for _ in range(10 if self.quick else 30):
                lab.srv1.start()

                def first():
                    stamps = [listener.since(lab.srv1.exec_ns)[:1] for listener in heard]
                    return min(s[0][0] for s in stamps if s) if any(stamps) else None
                times.append((wait_for(first, 5, "a first heartbeat") - lab.srv1.exec_ns) / 1e6)
                lab.srv1.kill()
        self.row("first heartbeat on the wire after exec", "<= 20", times, "ms", max(times) <= 20)

    def commands(self):
        """Every command with 1,000 resources: exec to exit, as an administrator waits for it."""
        rounds = 5 if self.quick else 20
        groups = {"srv%d" % n: [" ".join("10.%d.%d.%d/32/eth1" % (80 + n, g, r + 1) for r in range(10)) for g in range(50)] for n in (1, 2)}
        # Moves are asked of the node that has nothing to give: the answer is what is measured, not the move.
        shown = ("status", "status --json", "metrics", "doctor", "fence list", "fence plan", "fence history", "agents list", "agents which IPaddr", "agents info IPaddr",
                 "agents quarantine list", "cleanup", "standby", "takeover", "failback", "export pacemaker", "version")
        with self.lab(media=UDP, groups=groups, initdead="20s") as lab:
            lab.start(seconds=60)
            files = ["--config", lab.srv1.config, "--authkeys", lab.srv1.auth_keys]
            every = [(words, ["ctl", "--run-dir", lab.srv1.run_dir, *words.split()]) for words in shown] + [("check", ["check", *files])]
            for name, argv in every:
                argv += files + ["--state-dir", lab.srv1.state_dir, "--node", "srv1"] if name == "doctor" else files[:2] if name == "export pacemaker" else []
                times = []
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                for _ in range(rounds):
                    begin = time.monotonic()
                    subprocess.run([*self.program, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
                    times.append((time.monotonic() - begin) * 1000)
                self.row("command with 1,000 resources: " + name, "<= 50", times, "ms", percentile(times, 0.5) <= 50,
                         "%.1f ms of processor each" % (self.used_since(before) * 1000 / rounds))

    @staticmethod
    def used_since(before):
        """Processor time of this program's children since then; that of the hosts' daemons is not in it while they run."""
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        return now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime

    def simulator(self):
        found = glob.glob(os.path.join(ROOT, "tests", "sim", "bin", "Release", "net*", "*.runtimeconfig.json"))
        if not found:
            self.row("simulator", "10,000 seeds, no violation", [], "", False, "tests/sim is not part of this tree")
            return
        program = ["dotnet", found[0].replace(".runtimeconfig.json", ".dll")]
        seeds = 500 if self.quick else 10_000
        done = subprocess.run(program + ["run", "--seeds", str(seeds)], stdout=subprocess.PIPE, text=True)
        counts = re.search(r"sim: (\d+) seeds, (\d+) violations", done.stdout)
        violations = int(counts[2]) if counts else -1
        self.row("simulator: violations", "0 in 10,000 seeds", [violations], "", done.returncode == 0 and violations == 0,
                 "%d seeds" % seeds)


PARTS = ("binary", "first_heartbeat", "frames", "serial", "footprint", "handover", "takeover", "keepalived", "cables",
         "pauses", "agents", "agent_load", "flood", "stress", "idle", "commands", "simulator")


def machine():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^(?:model name|CPU part)\s*:\s*(.*)$", file.read(), re.M)
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) // 1024
    return {"cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(), "memory_mb": memory,
            "kernel": platform.release(), "machine": platform.machine()}


def table(bench):
    def cell(value):
        return "" if value is None else "%.3f" % value if isinstance(value, float) and value < 10 else "%.1f" % value \
            if isinstance(value, float) else str(value)
    lines = [("what", "target", "median", "p95", "max", "unit", "verdict", "how")]
    lines += [(r["name"], r["target"], cell(r["median"]), cell(r["p95"]), cell(r["max"]), r["unit"], r["verdict"], r["note"])
              for r in bench.rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for number, line in enumerate(lines):
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hbd", default="artifacts/bin/hbd", help="the binary")
    parser.add_argument("--json", help="file for the numbers")
    parser.add_argument("--quick", action="store_true", help="fewer kills, shorter runs")
    parser.add_argument("--only", help="only parts with this word in their name: " + ", ".join(PARTS))
    options = parser.parse_args()
    lab_module.end_on_signals()
    if options.only and not any(options.only in part for part in PARTS):
        parser.error("no part has %r in its name; there are %s" % (options.only, ", ".join(PARTS)))
    reason = lab_module.can_make_namespaces()
    if reason:
        print("make bench needs root: " + reason, file=sys.stderr)
        return 1
    bench = Bench([os.path.abspath(options.hbd)], options.quick)
    here = machine()
    for part in PARTS:
        if options.only and options.only not in part:
            continue
        print(part.replace("_", " "), flush=True)
        try:
            getattr(bench, part)()
        except (LabError, OSError, ValueError, subprocess.SubprocessError) as error:
            bench.row(part.replace("_", " "), "", [], "", False, "not measured: " + str(error).splitlines()[0])
    print()
    table(bench)
    print("\n%(cpu)s, %(cores)d cores, %(memory_mb)d MB, Linux %(kernel)s" % here + (", --quick" if options.quick else ""))
    if options.json:
        os.makedirs(os.path.dirname(options.json) or ".", exist_ok=True)
        with open(options.json, "w") as file:
            json.dump({"machine": here, "quick": options.quick, "rows": bench.rows}, file, indent=1)
    return 1 if any(row["verdict"] == "MISSED" for row in bench.rows) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
