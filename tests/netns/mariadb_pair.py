"""Two MariaDB servers with the same data, for the tests of the agents that replicate them."""
import contextlib
import os
import pwd
import shutil
import signal
import subprocess

from case import HbdTest
import lab as lab_module

SERVER = "/usr/sbin/mariadbd"
STATE = "/run/resource-agents"
PARAMS = """binary = "%(server)s", config = "%(here)s/my.cnf", datadir = "%(here)s/data", log = "%(here)s/data/log", pid = "%(here)s/socket/pid",
      socket = "%(here)s/socket/s", replication_user = "replica", replication_passwd = "secret", test_user = "replica", test_passwd = "secret\""""
SETTINGS = """
[mysqld]
server_id = %(number)d
log_bin = bin
bind_address = 0.0.0.0
slave_net_timeout = 4
innodb_buffer_pool_size = 16M
innodb_log_file_size = 4M
innodb_flush_log_at_trx_commit = 2
innodb_temp_data_file_path = ibtmp1:4M:autoextend
aria_log_file_size = 8M
"""
USERS = """flush privileges;
create user replica@'%' identified by 'secret';
grant all on *.* to replica@'%';
create user replica@localhost identified by 'secret';
grant all on *.* to replica@localhost;
create database words;
create table words.words (word text);
"""


class MariadbPair(HbdTest):
    """A subclass says which agent, the group that has it, and what else the servers need before they run for the first time."""

    AGENT = ""
    GROUP = ""
    SETTINGS = ""
    BOOTSTRAP = ""
    PROGRAMS = ("runuser",)

    def prepare(self, lab):
        """The same fresh database on both, as from a copy of the one."""
        user = pwd.getpwnam("mysql")
        os.chmod(lab.dir, 0o755)
        for host in lab.hosts:
            os.chmod(host.dir, 0o755)
            for name in ("data", "socket"):
                os.mkdir(os.path.join(host.dir, name), 0o755)
                os.chown(os.path.join(host.dir, name), user.pw_uid, user.pw_gid)
            with open(os.path.join(host.dir, "my.cnf"), "w") as file:
                file.write(SETTINGS % {"number": host.number} + self.SETTINGS)
            with open(os.path.join(host.dir, "hosts"), "w") as file:
                file.write("127.0.0.1 localhost\n10.77.0.11 srv1\n10.77.0.12 srv2\n")
            os.mkdir(os.path.join(host.dir, "agents"))
            os.makedirs(STATE, exist_ok=True)
            host.binds = [(os.path.join(host.dir, "hosts"), "/etc/hosts"), (os.path.join(host.dir, "agents"), STATE)]
        first, second = (os.path.join(host.dir, "data") for host in lab.hosts)
        config = "--defaults-file=" + os.path.join(lab.srv1.dir, "my.cnf")
        words = os.path.join(lab.dir, "words.sql")
        with open(words, "w") as file:
            file.write(USERS + self.BOOTSTRAP)
        subprocess.run(["mariadb-install-db", config, "--user=mysql", "--datadir=" + first, "--skip-test-db", "--skip-log-bin",
                        "--extra-file=" + words], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["cp", "-a", first + "/.", second], check=True)

    def pair(self):
        missing = [name for name in self.PROGRAMS if not shutil.which(name)]
        if not os.access(self.AGENT, os.X_OK) or not os.path.exists(SERVER) or missing:
            self.skipTest("no MariaDB, no OCF agent %s or no %s on this machine" % (os.path.basename(self.AGENT), ", ".join(self.PROGRAMS)))
        lab = self.lab(groups={}, media=("mcast", "ucast"), initdead="6s")
        self.shims(lab)
        self.prepare(lab)
        params = PARAMS % {"here": lab.here, "server": SERVER}
        for host in lab.hosts:
            lab.write_config(host, lab.config().replace("[haresources]\n", "") + self.GROUP % {"vip": lab_module.VIP, "params": params})
        lab.start(60)
        return lab

    def sql(self, host, text):
        done = subprocess.run(["mariadb", "--no-defaults", "-S", os.path.join(host.dir, "socket", "s"), "-ureplica", "-psecret", "-Ne", text],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
        return done.stdout.strip() if done.returncode == 0 else "failed: " + done.stderr.strip()

    def words(self, host):
        return self.sql(host, "select word from words.words")

    def write(self, host, word):
        self.assertEqual("", self.sql(host, "insert into words.words values ('%s')" % word))

    def state(self, host):
        return next(r["state"] for r in host.group("db")["resources"] if r["name"] == "my")

    def replicates(self, host):
        fields = self.sql(host, "show slave status").split("\t")
        return fields[10:12] == ["Yes", "Yes"]

    def roles(self, lab, promoted):
        other = lab.peer(promoted)
        self.happens(lambda: promoted.holds() and self.state(promoted) == "promoted", 40, promoted.name + " is promoted")
        if other.running():
            self.happens(lambda: self.replicates(other) and self.state(other) == "unpromoted", 20, other.name + " replicates")
        self.one_owner(lab, promoted)

    def die(self, host):
        """The machine: the daemon, the server, everything."""
        host.die()
        for pid in lab_module.run("ip", "netns", "pids", host.namespace).stdout.split():
            with contextlib.suppress(OSError):
                os.kill(int(pid), signal.SIGKILL)
        # What a boot empties, too: an agent that finds the server's number asks whether such a process is there, and it may be anybody's.
        os.remove(os.path.join(host.dir, "socket", "pid"))
        for name in os.listdir(os.path.join(host.dir, "agents")):
            os.remove(os.path.join(host.dir, "agents", name))
