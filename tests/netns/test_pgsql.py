"""
A pair of PostgreSQL servers that replicate, with the real pgsql agent: its attributes of the other node decide who may be promoted. The
address stands before it, so that a demotion can still send the last of the log over it.
"""
import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess

from case import HbdTest
import lab as lab_module

AGENT = "/usr/lib/ocf/resource.d/heartbeat/pgsql"
BIN = max(glob.glob("/usr/lib/postgresql/*/bin"), default="/usr/lib/postgresql/15/bin")
GROUP = """
[[group]]
name = "db"
node = "srv1"
resources = [
  "%(vip)s/24/eth0",
  { agent = "ocf:heartbeat:pgsql", name = "pg", role = "promotable", monitor = { interval = "1s", timeout = "20s" },
    params = { pgctl = "%(bin)s/pg_ctl", psql = "%(bin)s/psql", pgdata = "%(here)s/data", config = "%(here)s/data/postgresql.conf", rep_mode = "async",
      node_list = "srv1 srv2", master_ip = "%(vip)s", tmpdir = "%(here)s/tmp", socketdir = "%(here)s/socket", logfile = "%(here)s/tmp/log",
      repuser = "postgres", restart_on_promote = "false", xlog_check_count = "2", pgport = "5432" } },
]
"""
SETTINGS = """
listen_addresses = '*'
unix_socket_directories = '%(here)s/socket'
wal_level = replica
hot_standby = on
wal_keep_size = 64MB
shared_buffers = 8MB
fsync = off
wal_receiver_timeout = 2s
wal_retrieve_retry_interval = 500ms
"""


class Pgsql(HbdTest):
    SECONDS = 10

    def prepare(self, lab):
        """The same fresh database on both, as after a base backup."""
        user = pwd.getpwnam("postgres")
        os.chmod(lab.dir, 0o755)
        for host in lab.hosts:
            os.chmod(host.dir, 0o755)
            for name in ("data", "tmp", "socket"):
                os.mkdir(os.path.join(host.dir, name), 0o700)
                os.chown(os.path.join(host.dir, name), user.pw_uid, user.pw_gid)
        first, second = (os.path.join(host.dir, "data") for host in lab.hosts)
        case_dir = lab.srv1.dir
        subprocess.run(["runuser", "-u", "postgres", "--", BIN + "/initdb", "-A", "trust", "-N", "-D", first],
                       cwd=case_dir, check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(first, "postgresql.conf"), "a") as file:
            file.write(SETTINGS % {"here": lab.here})
        with open(os.path.join(first, "pg_hba.conf"), "w") as file:
            file.write("local all all trust\nhost all all 0.0.0.0/0 trust\nhost replication all 0.0.0.0/0 trust\n")
        subprocess.run(["cp", "-a", first + "/.", second], check=True)

    def pair(self):
        if not os.access(AGENT, os.X_OK) or not os.path.exists(BIN + "/postgres") or not shutil.which("runuser"):
            self.skipTest("no PostgreSQL or no OCF agent heartbeat/pgsql on this machine")
        lab = self.lab(groups={}, media=("mcast", "ucast"), initdead="6s")
        self.shims(lab)
        self.prepare(lab)
        for host in lab.hosts:
            text = GROUP % {"vip": lab_module.VIP, "here": lab.here, "bin": BIN}
            lab.write_config(host, lab.config().replace("[haresources]\n", "") + text)
        self.addCleanup(self.end, lab)
        lab.start(60)
        return lab

    def end(self, lab):
        # What a machine that died leaves running is a process of this test alone, known by its pid file.
        for host in lab.hosts:
            with contextlib.suppress(OSError, ValueError):
                with open(os.path.join(host.dir, "data", "postmaster.pid")) as file:
                    os.kill(int(file.readline()), signal.SIGQUIT)

    def sql(self, host, text):
        done = subprocess.run([BIN + "/psql", "-h", os.path.join(host.dir, "socket"), "-U", "postgres", "-Atc", text],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
        return done.stdout.strip() if done.returncode == 0 else "failed: " + done.stderr.strip()

    def state(self, host):
        return host.group("db")["resources"][1]["state"]

    def attribute(self, at, about, name, forever=False):
        directory = os.path.join(at.state_dir if forever else at.run_dir, "attributes", about)
        with contextlib.suppress(OSError):
            with open(directory) as file:
                for line in file:
                    fields = line.rstrip("\n").split("\t")
                    if fields[1] == name and not (len(fields) > 3 and fields[3].startswith("-")):
                        return fields[2]
        return None

    def promoted(self, lab):
        """The one that may be: both have the same data, so it is whichever has counted its log first."""
        return next((h for h in lab.hosts if h.running() and h.holds() and self.state(h) == "promoted"), None)

    def test_it_replicates_and_fails_over_to_the_node_whose_data_is_good(self):
        lab = self.pair()
        first = self.happens(lambda: self.promoted(lab), 60, "one is promoted")
        other = lab.peer(first)
        self.assertEqual("CREATE TABLE", self.sql(first, "create table words (word text)"))
        self.sql(first, "insert into words values ('one')")
        self.happens(lambda: self.sql(other, "select word from words") == "one", 40, other.name + " replicates")
        # What the promoted one's agent says of the other is what the other's reads.
        self.happens(lambda: self.attribute(other, other.name, "pg-data-status", True) == "STREAMING|ASYNC", 30, "its data is good")
        self.happens(lambda: self.attribute(other, other.name, "master-pg") == "100", 30, "it may be promoted")
        self.happens(lambda: self.attribute(other, first.name, "pg-status") == "PRI", 30, "it knows who is promoted")
        first.die()
        self.happens(lambda: self.promoted(lab) is other, 60, other.name + " is promoted")
        self.assertEqual("one", self.sql(other, "select word from words"))
        self.assertEqual("INSERT 0 1", self.sql(other, "insert into words values ('two')"))
        self.happens(lambda: self.attribute(other, first.name, "pg-data-status", True) == "DISCONNECT", 30, "the other is behind")

    def test_a_standby_switches_the_roles(self):
        lab = self.pair()
        first = self.happens(lambda: self.promoted(lab), 60, "one is promoted")
        other = lab.peer(first)
        self.sql(first, "create table words (word text); insert into words values ('one')")
        self.happens(lambda: self.sql(other, "select word from words") == "one", 40, other.name + " replicates")
        self.happens(lambda: self.attribute(other, other.name, "master-pg") == "100", 30, "it may be promoted")
        first.hbctl("standby")
        self.happens(lambda: self.promoted(lab) is other, 60, other.name + " is promoted")
        self.sql(other, "insert into words values ('two')")
        self.assertEqual("one\ntwo", self.sql(other, "select word from words"))

        # The agent wants a person to say that the old data may follow the new.
        lock = os.path.join(first.dir, "tmp", "PGSQL.lock")
        self.happens(lambda: "PGSQL.lock" in first.log(), 30, first.name + " waits for a person")
        os.remove(lock)
        first.hbctl("cleanup", "db")
        self.happens(lambda: self.sql(first, "select word from words") == "one\ntwo", 40, first.name + " replicates now")
        self.happens(lambda: self.attribute(first, first.name, "master-pg") == "100", 30, "it may be promoted again")
