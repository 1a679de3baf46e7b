"""What the README tells: install the package, write four lines, start. On machines that have never seen hbd."""
import os
import re

import case
from case import PairTest
from pair import SERIAL, TREE, VIP, package
from transcript import Transcript

DEADTIME_S = 30


def four_lines():
    """The lines that the README tells, with the address of the test's network."""
    with open(os.path.join(TREE, "README.md"), encoding="utf-8") as file:
        block = re.search(r"```toml\n(nodes .*?)```", file.read(), re.S)[1]
    return block.replace("10.0.0.100", VIP).strip().splitlines()


class FirstPair(PairTest):
    def setUp(self):
        super().setUp()
        if not case.REASON_TO_SKIP and self.pair.installed:
            self.skipTest("another test has installed hbd already")

    def test_install_four_lines_start_power_off(self):
        lines = four_lines()
        self.assertEqual(4, len(lines), lines)
        page = Transcript(self.pair)
        self.install(page)
        self.configure(page, lines)
        with self.pair.watch(answered=False) as watch:
            self.start(page, watch)
            self.power_off(page, watch)
            self.comes_back(page, watch)
            self.assertEqual(0.0, watch.two_owners(), watch.story())
        if case.TRANSCRIPT:
            with open(case.TRANSCRIPT, "w", encoding="utf-8") as file:
                file.write(page.page())

    def install(self, page):
        page.say("## Install\n\nOn both machines, as root:")
        name = os.path.basename(package())
        for node in self.machines:
            self.pair.push(node, package())
        page.typed("srv1", "apt install ./" + name, 120)
        self.pair.run("srv2", "apt install ./" + name, 120)
        for node in self.machines:
            self.assertEqual("600 root", self.pair.run(node, "stat -c '%a %U' /etc/hbd/authkeys").strip())
        keys = [self.pair.run(node, "cat /etc/hbd/authkeys") for node in self.machines]
        self.assertNotEqual(keys[0], keys[1], "each installation makes a key of its own")
        page.say("hbd is installed and will start at the next boot; it was not started, because it has nothing to do yet:")
        page.typed("srv1", "hbd check", code=6)
        self.pair.installed = True

    def configure(self, page, lines):
        page.say("## Four lines\n\nInto `/etc/hbd/hbd.toml` on both machines, above the first section or, as here, below the comments:")
        text = "\n".join(lines)
        page.typed("srv1", "cat >> /etc/hbd/hbd.toml << 'END'\n%s\nEND" % text)
        self.pair.run("srv2", "cat >> /etc/hbd/hbd.toml << 'END'\n%s\nEND" % text)
        page.say("The keys that srv1 has made go to srv2 (`scp /etc/hbd/authkeys srv2:/etc/hbd/`). Then, on both:")
        self.pair.same_keys()
        self.pair.on_both("sync")
        page.typed("srv1", "hbd check")
        page.typed("srv2", "hbd check")

    def start(self, page, watch):
        page.say("## Start")
        self.pair.on_both("systemctl start hbd")
        page.show("root@srv1:~# systemctl start hbd", "root@srv2:~# systemctl start hbd")
        self.taken_over(watch, "srv1", 60)
        self.happens(self.pair.see_each_other, 20, "both hear each other on both cables")
        page.typed("srv1", "hbctl status")
        page.say("The client finds %s on srv1." % VIP)

    def power_off(self, page, watch):
        page.say("## Power off\n\nSomebody pulls the power cord of srv1. `deadtime` is at its default of %d seconds: so long srv2 waits." % DEADTIME_S)
        self.machines["srv1"].power_off()
        self.taken_over(watch, "srv2", DEADTIME_S + 10)
        outage = watch.outage()
        self.note("outage with the defaults %.1f s" % outage)
        self.assertGreater(outage, DEADTIME_S - 2)
        self.assertLess(outage, DEADTIME_S + 5)
        page.typed("srv2", "hbctl status")
        page.typed("srv2", "journalctl -u hbd --no-pager -o cat -n 8")
        page.say("The client had no answer for %.1f seconds." % outage)

    def comes_back(self, page, watch):
        page.say("## Power on\n\nsrv1 comes back, and takes nothing:")
        self.machines["srv1"].power_on()
        self.returns("srv1")
        page.typed("srv1", "hbctl status")
        self.assertEqual("srv2", watch.owner())
        page.say("`hbctl takeover` on srv1 would bring the address home, `auto_failback = true` would do so by itself.")


class SerialOnly(PairTest):
    CONFIG = """nodes = ["srv1", "srv2"]
keepalive = "200ms"
deadtime = "3s"
initdead = "30s"
%s
[haresources]
srv1 = ["%s/24/eth0"]
""" % (SERIAL, VIP)

    def test_with_both_networks_silent_the_pair_lives_on_the_serial_cable(self):
        with self.pair.watch() as watch:
            self.pair.bed.networks.isolate("net0")
            self.pair.bed.networks.cut("net1")
            before = dict(self.pair.bed.cable.passed)
            self.stays(self.pair.see_each_other, 4, "each sees the other over the cable")
            for node, count in self.pair.bed.cable.passed.items():
                self.assertGreater(count, before[node], "frames of " + node + " on the cable")
            self.pair.run("srv1", "hbctl standby")
            self.taken_over(watch, "srv2", 10)
            self.machines["srv2"].power_off()
            self.taken_over(watch, "srv1", 3 + case.TAKEOVER_S)
            self.assertEqual(0.0, watch.two_owners(), watch.story())
