"""DRBD and PostgreSQL on the two machines, set up as etc/samples/drbd-postgresql.toml asks for it."""
import os
import re

from pair import TREE, VIP
from testbed.bed import both
from testbed.basics import NODES

SAMPLE = os.path.join(TREE, "etc", "samples", "drbd-postgresql.toml")
PG = "/usr/lib/postgresql/15/bin"
DATA = "/var/lib/postgresql/data"
# Small files, since every byte goes to an emulated disk, twice.
INITDB = ("su postgres -c '{pg}/initdb -D {data} --wal-segsize=1 --locale=C.UTF-8 --auth=trust --no-sync' > /dev/null && "
          "printf \"listen_addresses = '*'\\nshared_buffers = 16MB\\nmax_wal_size = 16MB\\nmin_wal_size = 2MB\\njit = off\\n\" >> {data}/postgresql.conf && "
          "echo 'host all all 10.83.0.0/24 trust' >> {data}/pg_hba.conf").format(pg=PG, data=DATA)


def sample():
    """
    The shipped file; other addresses, another fence device, and no brake: one machine is shot in several tests. Monitors have more time: a
    script takes many seconds where the processor is emulated.
    """
    with open(SAMPLE) as file:
        text = file.read()
    text = text.replace("10.0.1.", "10.83.1.").replace("10.0.0.100", VIP).replace("baud   = 19200", "baud   = 115200")
    text = re.sub(r'agent  = "fence_ipmilan"\nparams = .*', 'agent  = "fence_pdu"\nplug   = { srv1 = "srv1", srv2 = "srv2" }\n'
                  'brake  = { count = 0, within = "30m" }', text)
    text = text.replace('timeout = "30s", interval', 'timeout = "120s", interval').replace('timeout = "60s", interval', 'timeout = "120s", interval')
    return text.replace('monitor = { interval = "20s" }', 'monitor = { timeout = "120s", interval = "20s" }')


def resource(fencing):
    """DRBD's part of it, from the comment in the shipped file."""
    with open(SAMPLE) as file:
        lines = [line[4:] for line in file if line.startswith("#   ")]
    lines = lines[lines.index("resource r0 {\n"):lines.index("}\n") + 1]
    text = "".join(line for line in lines if fencing or "fenc" not in line)
    return text.replace("10.0.1.", "10.83.1.").replace("/dev/vg0/r0", "/dev/vdb")


def reason_to_skip(machine):
    for command, what in (("command -v drbdadm", "drbd-utils"), ("modinfo drbd", "the module drbd"), ("test -x /usr/lib/ocf/resource.d/heartbeat/pgsql", "resource-agents"),
                          ("test -x %s/initdb" % PG, "PostgreSQL 15")):
        if machine.execute(command)[0]:
            return "no %s in the machines' archive" % what
    return None


class Replicated:
    """The disk /dev/drbd0 with a file system and an empty database on it. It is left down on both nodes."""

    def __init__(self, pair):
        self.pair = pair
        self.fencing = None

    def make(self):
        run, both_run = self.pair.run, self.pair.on_both
        self.configure(False)
        both_run("systemctl disable --now drbd postgresql; rm -rf /var/lib/postgresql/* && modprobe drbd && "
                 "drbdadm create-md --force r0 && drbdadm up r0", 120)
        # Both disks are new: nothing on them is worth a copy.
        run("srv1", "drbdadm wait-connect r0 && drbdadm new-current-uuid --clear-bitmap r0/0 && drbdadm primary r0", 60)
        run("srv1", "mke2fs -q -t ext4 /dev/drbd0 && mount /dev/drbd0 /var/lib/postgresql && "
                    "install -d -o postgres -g postgres -m 700 %s && %s && sync && umount /var/lib/postgresql && drbdadm secondary r0" % (DATA, INITDB), 300)
        both_run("drbdadm down r0")

    def configure(self, fencing):
        """With or without what keeps an old copy from being promoted."""
        if self.fencing != fencing:
            both(lambda node: self.pair.write(node, "/etc/drbd.d/r0.res", resource(fencing)), NODES)
            self.pair.on_both("! grep -q '^ 0: cs:[^U]' /proc/drbd || drbdadm adjust r0")
            self.fencing = fencing

    def said(self, node, what):
        """What drbdadm says of it: cstate, dstate, role."""
        return self.pair.machines[node].execute("drbdadm %s r0" % what, 20)[1].strip()

    def is_as(self, node, cstate, role, dstate):
        return (self.said(node, "cstate"), self.said(node, "role"), self.said(node, "dstate")) == (cstate, role, dstate)

    def whole(self, primary):
        """Connected, both copies the same."""
        other = NODES[1 - NODES.index(primary)]
        return (self.is_as(primary, "Connected", "Primary/Secondary", "UpToDate/UpToDate")
                and self.is_as(other, "Connected", "Secondary/Primary", "UpToDate/UpToDate"))

    def mounted(self, node):
        return "/dev/drbd0 " in self.pair.run(node, "cat /proc/mounts")


class Writer:
    """Inserts numbers one by one through the address, from the other node, until it is stopped; what the database has accepted is on a list."""

    def __init__(self, pair, node, first):
        self.pair, self.node, self.first = pair, node, first
        self.pair.run(node, "cat > /root/writer <<'X'\n"
                      "n=$1; while :; do echo \"insert into t values ($n) returning n;\"; n=$((n+1)); sleep 0.05; done | "
                      "PGCONNECT_TIMEOUT=5 stdbuf -oL timeout 300 %s/psql -h %s -U postgres -qAt template1 >> /root/accepted 2> /root/refused\nX" % (PG, VIP))

    def __enter__(self):
        self.pair.run(self.node, "rm -f /root/accepted; systemd-run -q --unit=writer --collect bash /root/writer %d" % self.first)
        return self

    def __exit__(self, *_):
        self.pair.machines[self.node].execute("systemctl stop writer", 30)

    def accepted(self):
        return {int(line) for line in self.pair.run(self.node, "cat /root/accepted 2>/dev/null; true").split() if line.isdigit()}
