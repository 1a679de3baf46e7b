"""The sample topologies as shipped (etc/samples), with the lab's addresses and devices in the place of theirs.

The pair with DRBD cannot run without its kernel module: only "hbd check" reads it here, and tests/e2e runs it.
"""
import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess

from case import HbdTest
import lab as lab_module
from lab import Probe, inside, run

SAMPLES = os.path.join(os.path.dirname(lab_module.HERE), "..", "etc", "samples")

# Where Samba is not installed, its init script is this.
SMBD = """#!/bin/sh
# A stand-in for Samba's init script: it keeps a file.
case "$1" in
  start) touch /run/smbd.standin ;;
  stop) rm -f /run/smbd.standin ;;
  status) test -e /run/smbd.standin || exit 3 ;;
esac
"""


class Samples(HbdTest):
    def sample(self, name, prepare=None, wan="10.0.1."):
        """A pair with the shipped file; only addresses and devices are others."""
        lab = self.lab(groups={})
        with open(os.path.join(SAMPLES, name + ".toml")) as file:
            text = file.read()
        text = text.replace("10.0.0.", "10.77.0.").replace(wan, "10.77.1.").replace("/dev/ttyS0", lab.here + "/ttyS0")
        for host in lab.hosts:
            lab.write_config(host, text)
            if prepare:
                prepare(lab, host)
        lab.start(20)
        return lab

    def has(self, host, address, interface="eth0"):
        return any(a.startswith(address + "/") for a in host.addresses(interface))

    def answers(self, lab, address):
        probe = Probe(lab, address)
        probe.wait_answer(5)

    def test_check_accepts_every_sample(self):
        lab = self.lab(groups={})
        files = sorted(glob.glob(os.path.join(SAMPLES, "*.toml")))
        self.assertEqual(5, len(files))
        for path in files:
            done = subprocess.run([*lab.program, "check", "--config", path, "--authkeys", lab.srv1.auth_keys],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20)
            for line in done.stdout.splitlines():
                self.assertRegex(line, r" are good\.$|^warning: .*(no agent|No such file)", path)

    def test_appliance(self):
        def prepare(_, host):
            host.in_memory = ["/srv"]
        lab = self.sample("appliance", prepare)
        first, second = lab.srv1, lab.srv2
        self.happens(lambda: self.has(first, "10.77.0.100"), 5, "srv1 has the address")
        active = "/proc/%d/root/srv/active"
        self.assertTrue(os.path.exists(active % first.process.pid))
        self.assertFalse(os.path.exists(active % second.process.pid))
        self.assertEqual("up", first.link("ttyS0")["state"])
        lab.cut("mcast")
        self.happens(lambda: first.link("eth0")["state"] != "up", 5, "the LAN between the two is cut")
        self.assertEqual("active", first.status()["peer"]["state"], "the serial cable is enough")
        lab.restore("mcast")
        first.die()
        self.happens(lambda: self.has(second, "10.77.0.100"), 6, "srv2 has the address")
        self.happens(lambda: os.path.exists(active % second.process.pid), 5, "srv2 has the file")
        self.answers(lab, "10.77.0.100")

    def test_active_active(self):
        lab = self.sample("active-active")
        homes = {lab.srv1: "10.77.0.101", lab.srv2: "10.77.0.102"}
        for host, address in homes.items():
            self.happens(lambda: self.has(host, address), 5, host.name + " has its own address")
            self.assertFalse(self.has(lab.peer(host), address))
        lab.srv2.die()
        self.happens(lambda: self.has(lab.srv1, "10.77.0.102"), 6, "srv1 has both")
        self.assertTrue(self.has(lab.srv1, "10.77.0.101"))
        self.answers(lab, "10.77.0.102")
        lab.srv2.clean()
        lab.plug_all(lab.srv2)
        lab.srv2.start()
        self.happens(lambda: self.has(lab.srv2, "10.77.0.102") and not self.has(lab.srv1, "10.77.0.102"), 10, "the address goes home")

    def test_router_pair(self):
        def prepare(lab, host):
            host.ip("addr", "flush", "dev", "eth1")
            host.ip("addr", "add", "10.77.1.%d/24" % (host.number + 1), "dev", "eth1")
            if host.number == 1:
                run("ip", "-n", lab.client, "addr", "add", "10.77.1.1/24", "dev", "br1")
        lab = self.sample("router-pair", prepare, wan="198.51.100.")
        self.routes(lab, lab.srv1)
        for host in lab.hosts:
            self.happens(lambda: host.status()["ping"]["score"] == 2, 8, host.name + " reaches both sides")
        lab.pull(lab.srv1, 1)
        self.happens(lambda: lab.srv2.holds("router"), 12, "the node with an uplink gets the group")
        self.routes(lab, lab.srv2)
        lab.plug(lab.srv1, 1)
        self.happens(lambda: lab.srv1.status()["ping"]["score"] == 2, 8, "srv1 has its uplink again")
        lab.srv2.die()
        self.happens(lambda: lab.srv1.holds("router"), 6, "srv1 takes over")
        self.routes(lab, lab.srv1)

    def routes(self, lab, host):
        self.happens(lambda: host.holds("router"), 8, host.name + " is the router")
        self.assertTrue(self.has(host, "10.77.0.254") and self.has(host, "10.77.1.10", "eth1"))
        self.assertIn("default via 10.77.1.1 dev eth1", host.ip("route").stdout)
        self.assertEqual("1", self.forwarding(host))
        other = lab.peer(host)
        if other.running():
            self.happens(lambda: self.forwarding(other) == "0", 5, other.name + " does not forward")
            self.assertNotIn("default", other.ip("route").stdout)

    @staticmethod
    def forwarding(host):
        return run("ip", "netns", "exec", host.namespace, "cat", "/proc/sys/net/ipv4/ip_forward").stdout.strip()

    def test_web_pair(self):
        if not os.path.exists("/etc/init.d/apache2"):
            self.skipTest("no apache2 with an init script on this machine")
        lab = self.sample("web-pair", self.prepare_web)
        for host in lab.hosts:
            self.addCleanup(self.end_services, host)
        self.serves(lab, lab.srv1)
        lab.srv1.die()
        self.end_services(lab.srv1)
        self.serves(lab, lab.srv2)

    @staticmethod
    def prepare_web(_, host):
        """Init scripts, their state and their logs as on a machine of its own."""
        scripts = os.path.join(host.dir, "init.d")
        os.mkdir(scripts)
        shutil.copy2("/etc/init.d/apache2", scripts)
        if os.path.exists("/etc/init.d/smbd"):
            shutil.copy2("/etc/init.d/smbd", scripts)
        else:
            with open(os.open(os.path.join(scripts, "smbd"), os.O_CREAT | os.O_WRONLY, 0o755), "w") as file:
                file.write(SMBD)
        run_here = os.path.join(host.dir, "slash-run")
        os.makedirs(os.path.join(run_here, "lock"))
        host.binds = [(scripts, "/etc/init.d"), (run_here, "/run")]
        host.in_memory = ["/var/log/apache2"]

    def serves(self, lab, host):
        self.happens(lambda: self.has(host, "10.77.0.100"), 8, host.name + " has the address")
        self.happens(lambda: host.holds(), 20, host.name + " runs the services")
        self.assertIn(b" 200 ", self.get(lab))
        self.assertEqual(["IPaddr_10.77.0.100", "apache2", "smbd"], [r["name"] for r in host.group()["resources"]])

    @staticmethod
    def get(lab):
        with inside(lab.client):
            client = socket.socket()
        with client:
            client.settimeout(5)
            client.connect(("10.77.0.100", 80))
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return client.makefile("rb").readline()

    @staticmethod
    def end_services(host):
        """A killed daemon leaves its services: here they end with the test, known by the host's own namespace."""
        for pid in run("ip", "netns", "pids", host.namespace, check=False).stdout.split():
            with contextlib.suppress(OSError):
                os.kill(int(pid), signal.SIGKILL)
