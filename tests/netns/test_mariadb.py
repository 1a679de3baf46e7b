"""
A pair of MariaDB servers that replicate by GTID, with the real agent ocf:heartbeat:mariadb: both say by attributes how far they are, the one that is ahead is
made fit to be promoted, and nobody else. A survivor may choose itself once it has heard, before the first promotion, that there is one.
"""
import os
import signal
import subprocess

import mariadb_pair


class Mariadb(mariadb_pair.MariadbPair):
    SECONDS = 25
    AGENT = "/usr/lib/ocf/resource.d/heartbeat/mariadb"
    GROUP = """
[[group]]
name = "db"
node = "srv1"
resources = [
  { agent = "ocf:heartbeat:mariadb", name = "my", role = "promotable", monitor = { interval = "1s", timeout = "20s" },
    params = { %(params)s, node_list = "srv1 srv2" } },
  "%(vip)s/24/eth0",
]
"""
    # A row that no replica has confirmed is held back for so long; 10 s if nothing is said.
    SETTINGS = "rpl_semi_sync_master_timeout = 500\n"
    # A copy is at a position; the agent does nothing with a server that is at none.
    BOOTSTRAP = "insert into mysql.gtid_slave_pos values (0, 1, 1, 1);\n"

    PROGRAMS = ("runuser", "bc")

    def shim(self, host, tool, *arguments):
        environment = dict(os.environ, HBD_ATTRIBUTES=os.path.join(host.run_dir, "attributes"), HBD_NODES="srv1 srv2", HA_CURHOST=host.name)
        return subprocess.run([os.path.join(host.lab.dir, "shims", tool), *arguments], env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)

    def score(self, at, about):
        return self.shim(at, "crm_master", "-r", "my", "-N", about.name, "-G", "-q").stdout.strip()

    def follows(self, host, *words):
        self.happens(lambda: self.words(host).split() == list(words), 20, "%s has %s" % (host.name, " ".join(words)))

    def back(self, host):
        """The machine is there again, its cables a little later than hbd."""
        host.clean()
        host.start()
        host.lab.plug_all(host)

    def test_it_fails_over_comes_back_and_refuses_rows_that_only_one_has(self):
        lab = self.pair()
        srv1, srv2 = lab.srv1, lab.srv2
        self.roles(lab, srv1)
        self.write(srv1, "one")
        self.follows(srv2, "one")
        # Both are as far, so it is the first of the list, and the other one is not fit: it refuses.
        self.assertEqual(("100", ""), (self.score(srv2, srv1), self.score(srv2, srv2)))
        self.assertNotEqual(0, srv1.hbctl("standby", check=False).returncode)

        self.die(srv1)
        self.roles(lab, srv2)
        self.write(srv2, "two")
        self.back(srv1)
        self.roles(lab, srv2)
        self.follows(srv1, "one", "two")

        # A row that never reached the replica: the node that has it does not go on from there.
        self.sql(srv1, "stop slave io_thread")
        self.write(srv2, "lost")
        self.die(srv2)
        self.roles(lab, srv1)
        self.write(srv1, "three")
        self.back(srv2)
        self.happens(lambda: srv2.status() and srv2.group("db") and self.state(srv2) == "given up", 30, "srv2 is given up")
        self.assertIn("the slave has diverged", srv2.log())
        self.assertEqual("one\ntwo\nthree", self.words(srv1))

    def test_it_switches_when_the_other_is_said_to_be_fit_and_when_hbd_ends(self):
        lab = self.pair()
        srv1, srv2 = lab.srv1, lab.srv2
        self.roles(lab, srv1)
        # The replica is behind: the rest of the log is waited for before it is promoted.
        self.sql(srv2, "stop slave; change master to master_delay = 3; start slave")
        self.happens(lambda: self.replicates(srv2), 10, "srv2 replicates with a delay")
        self.write(srv1, "late")
        self.shim(srv2, "crm_master", "-r", "my", "-v", "50")
        self.happens(lambda: srv1.hbctl("standby", check=False).returncode == 0, 5, "srv2 does not refuse any more")
        self.roles(lab, srv2)
        self.assertEqual("late", self.words(srv2))
        self.write(srv2, "one")
        self.follows(srv1, "late", "one")

        srv2.signal(signal.SIGTERM)
        srv2.process.wait(30)
        self.roles(lab, srv1)
        self.write(srv1, "two")
        srv2.start()
        self.roles(lab, srv1)
        self.follows(srv2, "late", "one", "two")
