"""What the client has seen of the address (client.py): who had it, when nobody answered, whether two had it at once."""
import contextlib
import os
import subprocess
import sys
import time

from client import ARP_EVERY
from testbed.basics import NODES
from testbed.networks import NETS, mac

HERE = os.path.dirname(os.path.abspath(__file__))
OWNERS = {mac(node, net): node for node in NODES for net in NETS}
# Answers of one node that are no further apart belong to one turn of it: ten questions long.
TURN_S = 0.5
# The last requests may still be under way.
UNDER_WAY_S = 1.0


class Watch:
    """Begins when it is made; works as a context, and can be asked while it runs."""

    def __init__(self, bed, address):
        self.path = os.path.join(bed.directory, "client.log")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.process = subprocess.Popen(bed.in_client(sys.executable, os.path.join(HERE, "client.py"), address, self.path),
                                        stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()

    def lines(self, kind, since=0.0):
        try:
            with open(self.path) as file:
                text = file.read()
        except FileNotFoundError:
            return []
        found = (line.split() for line in text[:text.rfind("\n") + 1].splitlines() if line.startswith(kind))
        return [(float(at), what) for _, at, what in found if float(at) >= since]

    def owner(self):
        """Who has said so within the last half second: a node, both with a plus, or nobody."""
        recent = {OWNERS.get(who, who) for _, who in self.lines("a", time.monotonic() - TURN_S)}
        return "+".join(sorted(recent)) or "nobody"

    def lost(self):
        """(requests without an answer, requests), but for the last second."""
        until = time.monotonic() - UNDER_WAY_S
        sent = {number for at, number in self.lines("s") if at < until}
        return len(sent - {number for _, number in self.lines("r")}), len(sent)

    def outage(self):
        """The longest time between two answers, in seconds."""
        times = [at for at, _ in self.lines("r")]
        return max((later - earlier for earlier, later in zip(times, times[1:])), default=0.0)

    def turns(self):
        """(node, first, last answer) of each time that a node had the address."""
        turns, current = [], {}
        for at, who in self.lines("a"):
            node = OWNERS.get(who, who)
            if node in current and at - current[node][2] <= TURN_S:
                current[node][2] = at
            else:
                current[node] = [node, at, at]
                turns.append(current[node])
        return turns

    def two_owners(self):
        """For how long two nodes had the address at once, in seconds; one answer counts as the time between two questions."""
        total = 0.0
        turns = self.turns()
        for number, (node, first, last) in enumerate(turns):
            for other, other_first, other_last in turns[:number]:
                begin, end = max(first, other_first), min(last, other_last)
                if node != other and begin <= end:
                    total += max(end - begin, ARP_EVERY)
        return total

    def story(self):
        """One line, for people: who had it for how long, in order."""
        return ", ".join("%s %.1f s" % (node, last - first) for node, first, last in self.turns())
