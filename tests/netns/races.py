#!/usr/bin/env python3
"""Both hosts lose each other and shoot at the same moment, again and again: exactly one may survive, and the address is never on both.

The power controller is a cluster-glue plugin written here, because no real one is at hand. It behaves like one: it works on one
command after the other, and on a machine that has no power any more nothing runs and nothing is commanded.
"""
import argparse
import collections
import contextlib
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import lab as lab_module  # noqa: E402
from lab import VIP, AddressMonitor, Lab, LabError, wait_for  # noqa: E402

PLUGINS = "/etc/hbd/stonith.d"

CONTROLLER = """#!/bin/sh
# Power controller of one lab: %(dir)s
case $1 in
gethosts) echo srv1 srv2; exit 0 ;;
getconfignames) exit 0 ;;
status) exit 0 ;;
esac
exec 9> %(dir)s/controller.lock
flock 9
[ ! -e "%(dir)s/off-$(uname -n)" ] || exit 1
case $1 in
on) rm -f "%(dir)s/off-$2" ;;
off|reset)
    : > "%(dir)s/off-$2"
    read -r pid namespace < "%(dir)s/machine-$2"
    kill -STOP "$pid" 2> /dev/null
    ip netns exec "$namespace" ip addr del %(vip)s/24 dev eth0 2> /dev/null
    kill -KILL "$pid" $(ip netns pids "$namespace") 2> /dev/null
    echo "$2" >> %(dir)s/shot
    ;;
*) exit 1 ;;
esac
"""

CONFIG = """
[[group]]
name = "disk"
node = "srv1"
require = "fence"
resources = ["%(vip)s/24/eth0"]

[[stonith]]
host = "srv1"
agent = "external/%(plugin)s"
self_test = "0s"

[[stonith]]
host = "srv2"
agent = "external/%(plugin)s"
self_test = "0s"
"""


class Races:
    """A pair with a power controller. Use as a context manager."""

    def __init__(self, program):
        self.plugin = "hbdraces%d" % os.getpid()
        self.path = os.path.join(PLUGINS, self.plugin)
        self.lab = Lab(program, media=("mcast", "ucast"), groups={}, keepalive="20ms", deadtime="150ms", initdead="3s",
                       more=CONFIG % {"vip": VIP, "plugin": self.plugin})
        self.made = []
        self.monitors = {}
        self.holder = None

    def __enter__(self):
        self.lab.__enter__()
        try:
            self.made = [d for d in ("/etc/hbd", PLUGINS) if not os.path.isdir(d)]
            os.makedirs(PLUGINS, exist_ok=True)
            with open(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o755), "w") as file:
                file.write(CONTROLLER % {"dir": self.lab.dir, "vip": VIP})
            os.chmod(self.path, 0o755)
            for host in self.lab.hosts:
                host.start()
                self.plug_in(host)
            self.lab.settled()
            self.monitors = {host: AddressMonitor(self.lab, host, threaded=False) for host in self.lab.hosts}
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.lab.close()
        if os.path.exists(self.path):
            os.remove(self.path)
        for directory in reversed(self.made):
            os.rmdir(directory)

    def plug_in(self, host):
        with open(self.file("machine-" + host.name), "w") as file:
            file.write("%d %s\n" % (host.process.pid, host.namespace))

    def file(self, name):
        return os.path.join(self.lab.dir, name)

    def shots(self):
        return open(self.file("shot")).read().split() if os.path.exists(self.file("shot")) else []

    def run_one(self):
        """One race. Returns (survivor was the holder, ms from the cut to one whole owner). Raises LabError on anything but one survivor."""
        lab = self.lab
        before = len(self.shots())
        self.holder = holder = lab.owner("disk")
        for monitor in self.monitors.values():
            monitor.take()
            monitor.seen.clear()
        started = time.monotonic()
        for network in (0, 1):
            lab.pull(lab.srv1, network)
        # A shot is written down when it is complete; until then the machine may be half gone.
        self.wait(lambda: len(self.shots()) > before, "one host shoots")
        self.wait(lambda: sum(host.running() for host in lab.hosts) == 1, "one of the two is gone")
        survivor = next(host for host in lab.hosts if host.running())
        self.wait(lambda: survivor.holds("disk"), survivor.name + " holds the group")
        took = (time.monotonic() - started) * 1000
        victim = lab.peer(survivor)
        if self.shots()[before:] != [victim.name]:
            raise LabError("shots of this race: " + " ".join(self.shots()[before:]))
        if not survivor.has_address() or victim.has_address():
            raise LabError("the address is on %s" % ("both" if survivor.has_address() else "neither"))
        self.watch()
        self.boot(victim)
        return survivor is holder, took

    def watch(self):
        """
        Takes the kernel's notices of both hosts as they come. When one of them got the address, what the other lost before is in its
        socket already: it is looked at next.
        """
        first, second = self.lab.hosts
        for host, other in ((first, second), (second, first)):
            before = len(self.monitors[host].seen)
            self.monitors[host].take()
            got = any(found == (True, VIP) for _, found in self.monitors[host].seen[before:])
            if got:
                self.monitors[other].take()
            if got and other is self.holder and self.monitors[other].removed(0) is None:
                raise LabError("%s had the address before %s had lost it" % (host.name, other.name))

    def wait(self, condition, what):
        def now():
            self.watch()
            return condition()
        wait_for(now, 20, what, 0.001)

    def boot(self, host):
        """The machine comes up again."""
        host.process.wait()
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.file("off-" + host.name))
        host.clean()
        self.lab.plug_all(self.lab.srv1)
        host.start()
        self.plug_in(host)
        self.lab.settled()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hbd", default="artifacts/bin/hbd", help="the binary")
    parser.add_argument("--races", type=int, default=200, help="how many")
    options = parser.parse_args()
    lab_module.end_on_signals()
    reason = lab_module.can_make_namespaces()
    if reason:
        print("skipped: " + reason)
        return 0
    won = collections.Counter()
    times = []
    with Races([os.path.abspath(options.hbd)]) as races:
        for number in range(1, options.races + 1):
            try:
                by_holder, took = races.run_one()
            except LabError as error:
                print("race %d: %s" % (number, error))
                for host in races.lab.hosts:
                    print("--- log of %s\n%s" % (host.name, "\n".join(host.log().splitlines()[-30:])))
                print("%d of %d races had exactly one survivor" % (number - 1, options.races))
                return 1
            won["holder" if by_holder else "other"] += 1
            times.append(took)
            if number % 20 == 0:
                print("%d races, exactly one survivor each" % number, flush=True)
    times.sort()
    print("%d of %d races had exactly one survivor (the holder %d times, the other %d times); one whole owner after %.0f ms (median), "
          "%.0f ms (most)" % (options.races, options.races, won["holder"], won["other"], times[len(times) // 2], times[-1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
