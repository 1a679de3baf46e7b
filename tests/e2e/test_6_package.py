"""What the package does to a pair that serves: upgrade, removal, purge. The last tests, because nothing is left after them."""
import json
import os
import re
import subprocess
import tempfile

from case import PairTest
from pair import VIP, package
from test_2_failover import PLAIN

# What belongs to hbd by its name. Logs are the journal's.
LEFT = ("find / -xdev \\( -path /proc -o -path /sys -o -path /var/log -o -path /root \\) -prune -o "
        "\\( -name '*hbd*' -o -name 'hbctl*' -o -name 'cl_status*' -o -name 'hb_standby*' -o -name 'hb_takeover*' \\) -print; "
        "find /run -name '*hbd*'; getent passwd hbd; ip -4 -o addr show | grep %s; pgrep -a hbd" % VIP)


def newer(directory):
    """The same package with a higher version."""
    tree, target = os.path.join(directory, "tree"), os.path.join(directory, "hbd_newer_amd64.deb")
    subprocess.run(["dpkg-deb", "-R", package(), tree], check=True)
    control = os.path.join(tree, "DEBIAN", "control")
    with open(control) as file:
        text = file.read()
    version = next(line.split()[1] for line in text.splitlines() if line.startswith("Version:"))
    with open(control, "w") as file:
        file.write(text.replace("Version: " + version, "Version: %s+e2e1" % version))
    subprocess.run(["dpkg-deb", "-b", "-Zgzip", "-z1", tree, target], check=True, stdout=subprocess.DEVNULL)
    return version + "+e2e1", target


class Package1Upgrade(PairTest):
    CONFIG = PLAIN

    def test_an_upgrade_under_traffic_moves_and_loses_nothing(self):
        with tempfile.TemporaryDirectory() as directory:
            version, target = newer(directory)
            for node in self.machines:
                self.pair.push(node, target)
        before = {node: self.generation(node) for node in self.machines}
        with self.pair.watch() as watch:
            for node in ("srv2", "srv1"):
                self.pair.run(node, "apt-get -y install /root/hbd_newer_amd64.deb", 120)
                self.happens(self.pair.see_each_other, 20, "both see each other")
            # Adopted by then: the new life knows what runs before it has looked at it.
            self.happens(lambda: self.pair.holds("srv1"), 5, "the group goes on at srv1")
            for node in self.machines:
                self.assertEqual(version, self.pair.run(node, "dpkg-query -W -f '${Version}' hbd"))
                self.assertNotEqual(before[node], self.generation(node), "the new daemon runs on " + node)
            self.assertEqual({"srv1"}, {node for node, _, _ in watch.turns()}, watch.story())
            lost, sent = watch.lost()
            gaps = re.findall(r"after a gap of ([\d.]+) ms", self.pair.run("srv2", "hbctl log"))
            self.note("%d of %d replies lost; longest silence that srv2 heard: %s ms" % (lost, sent, max(gaps, key=float, default="none")))
            self.assertGreater(sent, 100)
            self.assertEqual(0, lost, "of %d requests" % sent)

    def generation(self, node):
        """Of the daemon's life: an upgrade in place keeps the process."""
        return json.loads(self.pair.run(node, "hbctl status --json"))["generation"]


class Package2Removal(PairTest):
    CONFIG = PLAIN

    def test_removal_hands_over_stops_and_purge_leaves_nothing(self):
        with self.pair.watch() as watch:
            self.pair.run("srv1", "apt-get -y remove hbd", 120)
            self.taken_over(watch, "srv2", 5)
            self.assertFalse(self.pair.has_address("srv1"))
            self.assertLess(watch.outage(), 2.5, "handed over, not waited for")
            self.assertEqual(0.0, watch.two_owners(), watch.story())
            self.pair.run("srv2", "apt-get -y remove hbd", 120)
            self.assertFalse(self.pair.has_address("srv2"), "with nobody to hand it to, the address is stopped")
        for node in self.machines:
            self.pair.run(node, "test -e /etc/hbd/hbd.toml -a -e /etc/hbd/authkeys")
            self.pair.run(node, "apt-get -y purge hbd", 120)
            self.assertEqual("", self.machines[node].execute(LEFT)[1])
        self.pair.installed, self.pair.config = False, None
