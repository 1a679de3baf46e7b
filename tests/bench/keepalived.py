"""keepalived in the place of hbd: the same lab, the same deaths, VRRP version 3 with an advert every 100 ms."""
import contextlib
import os
import signal
import socket
import subprocess

from lab import VIP, LabError, run

ADVERT_NS = 100_000_000
PRIORITY = 100

CONFIG = """
global_defs {
    router_id %(name)s
    vrrp_version 3
}
vrrp_instance lab {
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 7
    priority %(priority)d
    advert_int 0.1
    virtual_ipaddress {
        %(vip)s/24 dev eth0
    }
}
"""


class Pair:
    def __init__(self, lab):
        self.lab = lab
        self.processes = {}
        # RFC 5798, 6.1: three adverts and a skew of (256 - priority) / 256 of one.
        self.master_down_ns = 3 * ADVERT_NS + (256 - PRIORITY) * ADVERT_NS // 256
        try:
            self.version = run("keepalived", "--version").stdout.split("\n")[0].split(" (")[0].strip()
        except FileNotFoundError:
            raise LabError("no keepalived on this machine") from None
        lab.closers.append(self.close)

    def start(self, host):
        for left in ("keepalived.pid", "vrrp.pid"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(os.path.join(host.dir, left))
        config = os.path.join(host.dir, "keepalived.conf")
        with open(config, "w") as file:
            file.write(CONFIG % {"name": host.name, "priority": PRIORITY, "vip": VIP})
        with open(host.log_path, "a") as log:
            self.processes[host] = subprocess.Popen(
                host.enter("keepalived", "--dont-fork", "--log-console", "--vrrp", "--use-file", config,
                           "--pid", os.path.join(host.dir, "keepalived.pid"),
                           "--vrrp_pid", os.path.join(host.dir, "vrrp.pid")),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    @staticmethod
    def pids(host):
        """Parent and VRRP child, which has a process group of its own: all that runs in this namespace."""
        return [int(pid) for pid in run("ip", "netns", "pids", host.namespace).stdout.split()]

    def signal(self, host, number):
        for pid in self.pids(host):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def die(self, host):
        self.signal(host, signal.SIGSTOP)
        self.lab.pull_all(host)
        self.signal(host, signal.SIGKILL)
        self.processes.pop(host).wait()

    @staticmethod
    def parse_advert(data):
        """The sender of a VRRP advert."""
        if len(data) < 38 or data[12:14] != b"\x08\x00" or data[23] != 112:
            return None
        return socket.inet_ntoa(data[26:30])

    def close(self):
        for host, process in self.processes.items():
            self.signal(host, signal.SIGKILL)
            process.wait()
        self.processes.clear()
