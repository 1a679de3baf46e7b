"""New lives in place: hbctl upgrade, hbctl reload, hbctl plan. A client asks the address the whole time and loses no reply."""
import os
import shutil
import signal
import socket
import threading
import time

import case
from lab import VIP, inside

AGENT = """#!/bin/sh
: ${OCF_ROOT=/usr/lib/ocf}
case $1 in
start) echo start >> %(dir)s/calls.$OCF_RESOURCE_INSTANCE; touch %(dir)s/up.$(uname -n).$OCF_RESOURCE_INSTANCE;;
stop) echo stop >> %(dir)s/calls.$OCF_RESOURCE_INSTANCE; rm -f %(dir)s/up.$(uname -n).$OCF_RESOURCE_INSTANCE;;
monitor|status) [ -e %(dir)s/up.$(uname -n).$OCF_RESOURCE_INSTANCE ] || exit 7;;
meta-data) echo '<?xml version="1.0"?><resource-agent name="Counted"/>';;
esac
exit 0
"""
PROVIDER = "/usr/lib/ocf/resource.d/hbdtest"


class Asking:
    """Asks a small server behind the address each millisecond, and counts what was not answered."""

    def __init__(self, lab, host):
        self.lost = 0
        self.asked = 0
        self.ends = threading.Event()
        with inside(host.namespace):
            self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.server.bind(("0.0.0.0", 7007))
        with inside(lab.client):
            self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.client.settimeout(0.5)
        self.asker = threading.Thread(target=self.ask)
        self.asker.start()
        self.answerer = threading.Thread(target=self.serve)
        self.answerer.start()

    def serve(self):
        self.server.settimeout(0.1)
        while self.asker.is_alive():
            try:
                data, sender = self.server.recvfrom(64)
                self.server.sendto(data, sender)
            except OSError:
                pass

    def ask(self):
        while not self.ends.is_set():
            self.asked += 1
            try:
                self.client.sendto(b"%d" % self.asked, (VIP, 7007))
                while self.client.recv(64) != b"%d" % self.asked:
                    pass
            except OSError:
                self.lost += 1
            time.sleep(0.001)

    def end(self):
        """What was asked last has been answered, or is lost, when this returns."""
        self.ends.set()
        self.asker.join()
        self.answerer.join()

    def close(self):
        self.end()
        self.server.close()
        self.client.close()


class Renewal(case.HbdTest):
    def pair(self, more="", **settings):
        lab = self.lab(groups={}, more=more, **settings)
        os.makedirs(PROVIDER, exist_ok=True)
        self.addCleanup(shutil.rmtree, PROVIDER, True)
        with open(os.open(PROVIDER + "/Counted", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o755), "w") as file:
            file.write(AGENT % {"dir": lab.dir})
        self.dir = lab.dir
        for host in lab.hosts:
            lab.write_config(host, self.text(lab))
        lab.start()
        self.happens(lambda: lab.srv1.holds("web"), 8, "srv1 holds the group")
        return lab

    def text(self, lab, groups="", web='{ agent = "ocf:hbdtest:Counted", name = "a", params = { v = "1" }, monitor = { interval = "1s" } }'):
        head = lab.config().split("[haresources]")[0]
        return head + '\n[[group]]\nname = "web"\nnode = "srv1"\nresources = [ "%s/24/eth0", %s ]\n%s' % (VIP, web, groups)

    def calls(self, name):
        with open(os.path.join(self.dir, "calls." + name)) as file:
            return file.read().split()

    def test_upgrade_of_both_loses_nothing(self):
        lab = self.pair()
        asking = Asking(lab, lab.srv1)
        self.addCleanup(asking.close)
        for host in (lab.srv1, lab.srv2, lab.srv1):
            before = host.status()
            pid = host.process.pid
            self.assertEqual("upgrade done\n", host.hbctl("upgrade").stdout)
            self.assertEqual((True, pid), (host.running(), host.process.pid), "the same process")
            self.assertGreater(host.status()["generation"], before["generation"])
            self.happens(lambda: lab.srv1.holds("web") and lab.srv2.status()["peer"]["state"] == "active", 5, "both are well")
        host = lab.srv2
        self.assertNotIn("is late", host.log())
        self.assertNotIn("is dead", host.log())
        asking.end()
        self.assertEqual(0, asking.lost, "of %d" % asking.asked)
        self.assertGreater(asking.asked, 100)
        self.assertEqual(["start"], self.calls("a"))
        self.assertEqual(1, lab.srv1.group("web")["epoch"])

    def test_a_program_that_is_slow_to_start_has_all_the_time_that_the_peer_waits(self):
        lab = self.pair(initdead="8s", deadtime="4s")
        slow = os.path.join(lab.dir, "slow")
        with open(os.open(slow, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o755), "w") as file:
            file.write('#!/bin/sh\n[ "$1" != run ] || sleep 3.2\nexec %s "$@"\n' % lab.program[0])

        # The kernel hears once a second how long the address may answer: the worst moment is just before it hears again.
        def renewals():
            return lab.srv1.status()["address_lease"]["renewals"]
        self.happens(lambda: renewals() > 0, 5, "the address is guarded")
        seen = renewals()
        self.happens(lambda: renewals() > seen, 3, "the kernel is told again")
        time.sleep(0.6)
        asking = Asking(lab, lab.srv1)
        self.addCleanup(asking.close)
        self.assertEqual("upgrade done\n", lab.srv1.hbctl("upgrade", slow).stdout)
        self.happens(lambda: lab.srv1.holds("web"), 5, "it goes on")
        self.assertNotIn("is dead", lab.srv2.log())
        asking.end()
        self.assertEqual(0, asking.lost, "of %d" % asking.asked)
        self.assertGreater(asking.asked, 1000)

    def test_a_bad_program_leaves_the_old_one(self):
        lab = self.pair()
        bad = os.path.join(lab.dir, "bad")
        for content, said in ((None, "cannot be started"), ("#!/bin/sh\nexit 3\n", "exit code 3"), ("#!/bin/sh\necho yes\n", "is not hbd")):
            if content:
                with open(os.open(bad, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o755), "w") as file:
                    file.write(content)
            done = lab.srv1.hbctl("upgrade", bad, check=False)
            self.assertEqual(1, done.returncode)
            self.assertIn(said, done.stderr)
        generation = lab.srv1.status()["generation"]

        # It passes every check, and then it cannot be executed.
        with open(bad, "w") as file:
            file.write("#!/bin/sh\ncase $1 in version) echo hbd 9;; check) rm -f %s;; esac\n" % bad)
        done = lab.srv1.hbctl("upgrade", bad, check=False)
        self.assertIn("cannot be executed", done.stderr)
        self.assertEqual(generation, lab.srv1.status()["generation"])
        self.happens(lambda: lab.srv1.holds("web"), 5, "it goes on")
        self.assertEqual(["start"], self.calls("a"))

    def test_reload(self):
        lab = self.pair()
        asking = Asking(lab, lab.srv1)
        self.addCleanup(asking.close)
        more = '[[group]]\nname = "more"\nnode = "srv1"\nresources = [ { agent = "ocf:hbdtest:Counted", name = "b", params = { v = "1" } } ]\n'
        new = os.path.join(lab.dir, "new.toml")
        with open(new, "w") as file:
            file.write(self.text(lab, more))
        plan = lab.srv1.hbctl("plan", new, check=False)
        self.assertEqual(10, plan.returncode, plan.stderr)
        self.assertIn("added     group more", plan.stdout)
        for host in lab.hosts:
            lab.write_config(host, self.text(lab, more))
            self.assertIn("added group more", host.hbctl("reload").stdout)
        self.happens(lambda: lab.srv1.holds("more"), 5, "the new group runs")

        # Wrong, and refused: nothing changes.
        generation = lab.srv1.status()["generation"]
        lab.write_config(lab.srv1, self.text(lab, more) + "\nnonsense = 1\n")
        done = lab.srv1.hbctl("reload", check=False)
        self.assertEqual(1, done.returncode)
        self.assertRegex(done.stderr, r"hbd.toml:\d+:\d+: ")
        lab.write_config(lab.srv1, self.text(lab, more).replace('cluster = "lab"', 'cluster = "other"'))
        done = lab.srv1.hbctl("reload", check=False)
        self.assertIn("cluster cannot change while hbd runs", done.stderr)
        self.assertEqual(generation, lab.srv1.status()["generation"])
        self.assertEqual(["start"], self.calls("a"))

        # A parameter: stopped with the old definition, started with the new one; SIGHUP does the same. The address runs on.
        lab.write_config(lab.srv1, self.text(lab, more.replace('v = "1"', 'v = "2"')))
        lab.srv1.signal(signal.SIGHUP)
        self.happens(lambda: self.calls("b") == ["start", "stop", "start"], 8, "it is started again")
        self.happens(lambda: lab.srv1.holds("more"), 5, "it runs again")

        # Removed: stopped, and gone.
        lab.write_config(lab.srv1, self.text(lab))
        lab.srv1.hbctl("reload")
        self.assertEqual("stop", self.calls("b")[-1])
        self.assertIsNone(lab.srv1.group("more"))
        self.happens(lambda: lab.srv1.holds("web"), 5, "the other runs on")
        asking.end()
        self.assertEqual(0, asking.lost, "of %d" % asking.asked)
        self.assertEqual(["start"], self.calls("a"))
