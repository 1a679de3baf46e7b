"""The owner's daemon stands still (SIGSTOP) while its kernel goes on answering, and then goes on (SIGCONT): how long do two machines
answer ARP for one address, as a client on the same network sees it?"""
import signal
import socket
import struct
import threading
import time

from lab import ETH_P_ARP, VIP, Lab, Listener, gratuitous, inside, parse_arp, wait_for
from races import Races
from test_witness import ThirdMachine

EVERY_S = 0.001
WINDOW_NS = 3_000_000


class ArpClient:
    """Asks once a millisecond who has the address, and notes who answers."""

    PROTOCOL = ETH_P_ARP

    def __init__(self, lab):
        with inside(lab.client):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(self.PROTOCOL))
            self.socket.bind(("br0", 0))
        self.request = self.make_request(self.socket.getsockname()[4])
        self.listener = Listener(lab, lab.client, "br0", self.parse, self.PROTOCOL)
        self.open = True
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()
        lab.closers.append(self.close)

    def make_request(self, mac):
        return b"\xff" * 6 + mac + struct.pack("!HHHBBH", ETH_P_ARP, 1, 0x0800, 6, 4, 1) + mac \
            + socket.inet_aton("10.77.0.1") + b"\0" * 6 + socket.inet_aton(VIP)

    @staticmethod
    def parse(data):
        """The MAC of who answers."""
        found = parse_arp(data)
        return found[1] if found and found[0] == 2 and found[2] == VIP and not gratuitous(found) else None

    def loop(self):
        while self.open:
            self.socket.send(self.request)
            time.sleep(EVERY_S)

    def close(self):
        self.open = False
        self.thread.join()
        self.socket.close()

    def two_owners_ms(self, since, until):
        """Milliseconds in which both machines had answered within the last three."""
        last = {}
        total = 0
        before = since
        for stamp, found in self.listener.since(since):
            if stamp > until:
                continue
            last[found] = stamp
            if sum(stamp - other <= WINDOW_NS for other in last.values()) > 1:
                total += stamp - max(before, min(last.values()))
            before = stamp
        return total / 1e6


WITNESS = """
[witness]
address = "10.77.0.1"
lease = "1500ms"

[[group]]
name = "disk"
node = "srv1"
require = "witness"
resources = ["%s/24/eth0"]
"""


def frozen(lab, client, owner, seconds):
    """(while stopped, after SIGCONT) in ms."""
    time.sleep(0.3)
    begin = time.time_ns()
    owner.signal(signal.SIGSTOP)
    time.sleep(seconds)
    woken = time.time_ns()
    owner.signal(signal.SIGCONT)
    time.sleep(2)
    return client.two_owners_ms(begin, woken), client.two_owners_ms(woken, time.time_ns())


def without_proof(program, seconds, lease=True):
    """(while stopped, after SIGCONT) in ms."""
    with Lab(program, media=("mcast", "ucast"), keepalive="100ms", deadtime="500ms") as lab:
        for host in lab.hosts:
            lab.write_config(host, "address_lease = %s\n" % str(lease).lower() + lab.config())
        lab.start()
        return frozen(lab, ArpClient(lab), lab.owner(), seconds)


def with_witness(program, seconds, lease=True):
    """The same, for a group that requires the witness; no watchdog, which would end the stopped daemon."""
    with Lab(program, media=("mcast", "ucast"), keepalive="100ms", deadtime="500ms", groups={}) as lab:
        for host in lab.hosts:
            lab.write_config(host, 'watchdog = "none"\naddress_lease = %s\n' % str(lease).lower() + lab.config() + WITNESS % VIP)
        ThirdMachine(lab).start()
        lab.start()
        return frozen(lab, ArpClient(lab), lab.owner("disk"), seconds)


def with_proof(program, seconds):
    """Over the whole time, in ms."""
    with Races(program) as races:
        lab = races.lab
        client = ArpClient(lab)
        owner = lab.owner("disk")
        time.sleep(0.3)
        begin = time.time_ns()
        owner.signal(signal.SIGSTOP)
        time.sleep(seconds)
        owner.signal(signal.SIGCONT)
        wait_for(lambda: lab.peer(owner).holds("disk"), 10, "the survivor holds the group")
        time.sleep(1)
        return client.two_owners_ms(begin, time.time_ns())
