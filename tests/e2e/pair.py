"""hbd on the two machines: installed from the package, configured, and asked how it is."""
import glob
import json
import os
import time

from testbed.basics import BedError, NODES
from testbed.bed import Bed, both
from watch import Watch

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = os.path.join(TREE, "artifacts", "packages")
VIP = "10.83.0.100"

# What the machines are given once there is no need to show the defaults.
TIMES = """nodes = ["srv1", "srv2"]
keepalive = "200ms"
deadtime = "3s"
initdead = "30s"
"""
SERIAL = """
[[serial]]
device = "/dev/ttyS0"
baud = 115200
"""
CABLES = """
[[mcast]]
interface = "eth0"
group = "239.192.0.94"

[[ucast]]
interface = "eth1"
peer = { srv1 = "10.83.1.1", srv2 = "10.83.1.2" }
""" + SERIAL


# A boot that takes this long is that of a machine with nothing else to do and no KVM. Where it takes longer, every wait may.
USUAL_BOOT_S = 20.0


class Pace:
    """How much slower than that this host is: bounds of waiting are multiplied by it, what must hold is not."""
    factor = 1.0


def package():
    """The package under test, or None."""
    found = glob.glob(os.path.join(PACKAGES, "hbd_*_amd64.deb"))
    return found[0] if len(found) == 1 else None


def wait_for(condition, seconds, what, every=0.1):
    end = time.monotonic() + seconds * Pace.factor
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise BedError("not within %g s: %s" % (seconds * Pace.factor, what))
        time.sleep(every)


class Pair:
    def __init__(self):
        self.bed = Bed()
        self.machines = self.bed.machines
        self.installed = False
        self.config = None

    def run(self, node, command, seconds=60, code=0):
        """A command as root, which must end with this code; returns what it said."""
        actual, text = self.machines[node].execute(command, seconds * Pace.factor)
        if actual != code:
            raise BedError("%s: %s: %d instead of %d\n%s" % (node, command, actual, code, text))
        return text

    def on_both(self, command, seconds=60):
        return both(lambda node: self.run(node, command, seconds), NODES)

    def push(self, node, path, target=None):
        self.machines[node].agent.push(path, target or "/root/" + os.path.basename(path))

    def write(self, node, path, text, mode="644"):
        code, said = self.machines[node].execute("cat > %s && chmod %s %s && sync %s" % (path, mode, path, path), stdin=text.encode())
        if code:
            raise BedError("%s: %s: %s" % (node, path, said))

    def install(self):
        """The package on both, with the same keys."""
        deb = package()

        def install_on(node):
            self.push(node, deb)
            self.run(node, "apt-get -y install /root/%s && sync" % os.path.basename(deb), 120)
        both(install_on, NODES)
        self.same_keys()
        self.installed = True

    def same_keys(self):
        self.write("srv2", "/etc/hbd/authkeys", self.run("srv1", "cat /etc/hbd/authkeys"), "600")

    # ------------------------------------------------------------ hbd
    def status(self, node):
        """The status document, or None while nobody answers."""
        try:
            code, text = self.machines[node].execute("hbctl status --json", 10 * Pace.factor)
            return json.loads(text) if text.startswith("{") else None
        except (BedError, ValueError):
            return None

    def group(self, node):
        status = self.status(node)
        return status["groups"][0] if status and status["groups"] else None

    def holds(self, node):
        group = self.group(node)
        return group is not None and group["here"] == "running"

    def has_address(self, node):
        return VIP + "/" in self.run(node, "ip -4 -o addr show dev eth0")

    def sees_peer(self, node):
        status = self.status(node)
        return status is not None and status["peer"]["state"] == "active" and all(link["state"] == "up" for link in status["links"])

    def see_each_other(self):
        return all(both(self.sees_peer, NODES))

    def links_down(self, node):
        """Names of the links that are not up."""
        status = self.status(node) or {"links": []}
        return sorted(link["name"] for link in status["links"] if link["state"] != "up")

    def watch(self, answered=True):
        """A client that asks from now on; with `answered` it has had its first answer."""
        watch = Watch(self.bed, VIP)
        try:
            if answered:
                wait_for(lambda: watch.lines("r") and watch.lines("a"), 20, "the client has an answer")
        except BedError:
            watch.close()
            raise
        return watch

    # ------------------------------------------------------------ a state to begin with
    def usable(self):
        """Both machines run, every cable is in, the package is installed."""
        self.bed.heal()
        off = [machine for machine in self.machines.values() if not machine.pid()]
        both(type(self.machines["srv1"]).power_on, off)
        both(lambda machine: machine.wait_ready(), self.machines.values())
        if not self.installed:
            self.install()

    def ready(self, config, owner="srv1", start_s=30):
        """Usable, and hbd has this configuration, and the group is on this node."""
        self.usable()
        if self.config != config:
            self.on_both("systemctl stop hbd; systemctl reset-failed hbd; rm -rf /var/lib/hbd/*; ip addr del %s/24 dev eth0; true" % VIP, 90)
            both(lambda node: self.write(node, "/etc/hbd/hbd.toml", config), NODES)
            self.on_both("hbd check")
            self.config = config
        self.on_both("systemctl start hbd")
        wait_for(self.see_each_other, 60, "both nodes see each other on every link", 0.3)
        wait_for(lambda: any(both(self.holds, NODES)), start_s, "the group runs")
        if not self.holds(owner):
            self.run(owner, "hbctl takeover")
        wait_for(lambda: self.holds(owner), max(20, start_s), "the group is on " + owner)
        with self.watch(answered=False) as watch:
            wait_for(lambda: watch.owner() == owner, 10, "the client finds the address on " + owner)

    def account(self):
        """What both nodes say, for a test that failed."""
        text = []
        for node, machine in self.machines.items():
            try:
                said = machine.execute("hbctl status; journalctl -u hbd -b --no-pager -n 40 -o short-monotonic; cat /proc/drbd 2>/dev/null", 20)[1]
            except BedError as error:
                said = "%s\n%s" % (error, machine.console(10) if os.path.exists(machine.path("console.log")) else "")
            text.append("--- %s\n%s" % (node, said))
        text += ["--- power controller"] + ["%.1f %s -> %s" % asked for asked in self.bed.controller.asked[-10:]]
        return "\n".join(text)
