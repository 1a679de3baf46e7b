"""Promotable pairs with the real agents Stateful (pacemaker) and redis (resource-agents)."""
import os
import pwd
import shutil
import subprocess

from case import HbdTest
import lab as lab_module

OCF = "/usr/lib/ocf/resource.d"

STATEFUL = """
[[group]]
name = "pair"
node = "srv1"
resources = [
  { agent = "ocf:pacemaker:Stateful", name = "state", role = "promotable", params = { state = "%(here)s/stateful", envfile = "%(here)s/env" },
    monitor = { interval = "300ms" } },
  { agent = "ocf:heartbeat:Dummy", name = "both", run = "both", params = { state = "%(here)s/both" }, monitor = { interval = "300ms" } },
  "%(vip)s/24/eth0",
]
"""

REDIS = """
[[group]]
name = "pair"
node = "srv1"
resources = [
  { agent = "ocf:heartbeat:redis", name = "redis", role = "promotable",
    params = { config = "%(here)s/redis.conf", rundir = "%(here)s/redis", socket_name = "s", pidfile_name = "p" },
    monitor = { interval = "1s" } },
  "%(vip)s/24/eth0",
]
"""


class Promotable(HbdTest):
    def pair(self, agent, text, prepare=None):
        if not os.access(os.path.join(OCF, agent), os.X_OK):
            self.skipTest("no OCF agent " + agent + " on this machine")
        lab = self.lab(groups={}, media=("mcast", "ucast"), initdead="6s")
        self.shims(lab)
        for host in lab.hosts:
            if prepare:
                prepare(host)
            lab.write_config(host, lab.config().replace("[haresources]\n", "") + text % {"vip": lab_module.VIP, "here": lab.here})
        lab.start(60)
        return lab

    def resource(self, host, number=0):
        return host.group()["resources"][number]["state"]

    def roles(self, lab, promoted):
        other = lab.peer(promoted)
        self.happens(lambda: promoted.holds() and self.resource(promoted) == "promoted", 30, promoted.name + " is promoted")
        if other.running():
            self.happens(lambda: self.resource(other) == "unpromoted", 30, other.name + " is not, and runs")
        self.one_owner(lab, promoted)


class Stateful(Promotable):
    """The agent is a file with the word of its role in it."""

    def role(self, host):
        try:
            with open(os.path.join(host.dir, "stateful")) as file:
                return file.read().strip()
        except OSError:
            return None

    def started(self):
        lab = self.pair("pacemaker/Stateful", STATEFUL)
        self.roles(lab, lab.srv1)
        return lab

    def test_one_is_promoted_and_a_standby_moves_that_with_the_address(self):
        lab = self.started()
        self.assertEqual(("Promoted", "Unpromoted"), (self.role(lab.srv1), self.role(lab.srv2)))
        for host in lab.hosts:
            self.assertTrue(os.path.exists(os.path.join(host.dir, "both")), "run = both runs on " + host.name)
        self.happens(lambda: [host.group()["resources"][0]["score"] for host in lab.hosts] == [10, 5], 10, "the status has the scores that Stateful sets")
        self.assertIn("score 10", lab.srv1.hbctl("status").stdout)
        lab.srv1.hbctl("standby")
        self.roles(lab, lab.srv2)
        self.assertEqual(("Unpromoted", "Promoted"), (self.role(lab.srv1), self.role(lab.srv2)))
        with open(os.path.join(lab.srv2.dir, "env")) as file:
            seen = file.read()
        for line in ("OCF_RESKEY_CRM_meta_notify_type=post", "OCF_RESKEY_CRM_meta_notify_operation=promote", "OCF_RESKEY_CRM_meta_master_max=1",
                     "OCF_RESKEY_CRM_meta_notify_promote_uname=srv2", "OCF_RESKEY_CRM_meta_clone_max=2"):
            self.assertIn(line, seen)

    def test_the_death_of_a_machine_promotes_the_other(self):
        lab = self.started()
        lab.srv1.die()
        self.happens(lambda: lab.srv2.holds(), 20, "srv2 takes over")
        self.assertEqual("Promoted", self.role(lab.srv2))

    def test_a_daemon_that_was_killed_comes_back_to_what_it_had_promoted(self):
        lab = self.started()
        lab.srv1.kill()
        lab.srv1.start()
        self.happens(lambda: [h.name for h in lab.hosts if h.holds()] and lab.srv1.group()["here"] != "unknown", 20, "one of them has it")
        owner = self.happens(lab.owner, 20, "there is one owner")
        self.roles(lab, owner)
        self.assertEqual("Unpromoted", self.role(lab.peer(owner)))

    def test_a_lost_role_is_mended_in_place(self):
        lab = self.started()
        with open(os.path.join(lab.srv1.dir, "stateful"), "w") as file:
            file.write("Unpromoted\n")
        self.happens(lambda: self.role(lab.srv1) == "Promoted", 20, "promoted again")
        self.roles(lab, lab.srv1)

    def test_a_role_that_nobody_gave_is_taken_back(self):
        lab = self.started()
        with open(os.path.join(lab.srv2.dir, "stateful"), "w") as file:
            file.write("Promoted\n")
        self.happens(lambda: self.role(lab.srv2) == "Unpromoted", 20, "demoted again")
        self.roles(lab, lab.srv1)

    def test_a_shutdown_stops_the_instance_too(self):
        lab = self.started()
        lab.srv1.signal(15)
        lab.srv1.process.wait(30)
        self.assertIsNone(self.role(lab.srv1))
        self.assertFalse(os.path.exists(os.path.join(lab.srv1.dir, "both")))
        self.roles(lab, lab.srv2)


class Redis(Promotable):
    """Data that is written to one is read from the other after it was promoted."""

    SECONDS = 12

    def prepare(self, host):
        # Names of nodes are what redis replicates from; each host sees its own files.
        user = pwd.getpwnam("redis")
        os.chmod(host.lab.dir, 0o755)
        os.chmod(host.dir, 0o755)
        data = os.path.join(host.dir, "data")
        os.mkdir(data)
        os.chown(data, user.pw_uid, user.pw_gid)
        with open(os.path.join(host.dir, "redis.conf"), "w") as file:
            file.write("bind 0.0.0.0\nprotected-mode no\nport 6379\nsave \"\"\ndir %s/data\nrepl-diskless-sync-delay 0\n" % host.lab.here)
        with open(os.path.join(host.dir, "hosts"), "w") as file:
            file.write("127.0.0.1 localhost\n10.77.0.11 srv1\n10.77.0.12 srv2\n")
        host.binds = [(os.path.join(host.dir, "hosts"), "/etc/hosts")]

    def ask(self, host, *words):
        socket = os.path.join(host.dir, "redis", "s")
        return subprocess.run(["redis-cli", "-s", socket, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout.strip()

    def end(self, lab):
        # What a daemon that was killed leaves running is a process of this test alone, known by its pid file.
        for host in lab.hosts:
            # The one that died would wait ten seconds for its replica. Before redis 7 it has no such word, and does not wait.
            if self.ask(host, "shutdown", "nosave", "now"):
                self.ask(host, "shutdown", "nosave")

    def test_redis_replicates_fails_over_and_switches_back(self):
        if not shutil.which("redis-server"):
            self.skipTest("no redis-server on this machine")
        lab = self.pair("heartbeat/redis", REDIS, self.prepare)
        self.addCleanup(self.end, lab)
        self.roles(lab, lab.srv1)
        self.assertEqual("OK", self.ask(lab.srv1, "set", "word", "one"))
        self.happens(lambda: self.ask(lab.srv2, "get", "word") == "one", 20, "srv2 replicates")
        lab.srv1.hbctl("standby")
        self.roles(lab, lab.srv2)
        self.assertEqual("OK", self.ask(lab.srv2, "set", "word", "two"))
        self.happens(lambda: self.ask(lab.srv1, "get", "word") == "two", 20, "srv1 replicates now")
        lab.srv2.die()
        self.happens(lambda: lab.srv1.holds(), 20, "srv1 takes over")
        self.assertEqual("two", self.ask(lab.srv1, "get", "word"))
        self.assertEqual("OK", self.ask(lab.srv1, "set", "word", "three"))
