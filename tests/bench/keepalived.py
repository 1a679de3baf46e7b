"""keepalived in the place of hbd: the same lab, the same deaths, VRRP version 3 with an advert every 100 ms."""
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
        config = os.path.join(host.dir, "keepalived.conf")
        with open(config, "w") as file:
            file.write(CONFIG % {"name": host.name, "priority": PRIORITY, "vip": VIP})
        with open(host.log_path, "a") as log:
            self.processes[host] = subprocess.Popen(
                host.enter("keepalived", "--dont-fork", "--log-console", "--vrrp", "--use-file", config,
                           "--pid", os.path.join(host.dir, "keepalived.pid"),
                           "--vrrp_pid", os.path.join(host.dir, "vrrp.pid")),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def die(self, host):
        group = self.processes[host].pid
        os.killpg(group, signal.SIGSTOP)
        self.lab.pull_all(host)
        os.killpg(group, signal.SIGKILL)
        self.processes[host].wait()
        del self.processes[host]

    @staticmethod
    def parse_advert(data):
        """The sender of a VRRP advert."""
        if len(data) < 38 or data[12:14] != b"\x08\x00" or data[23] != 112:
            return None
        return socket.inet_ntoa(data[26:30])

    def close(self):
        for process in self.processes.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()
