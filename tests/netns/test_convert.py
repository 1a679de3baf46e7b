"""hbctl convert with real directories: what is written, with which modes, and that hbd check takes it."""
import os
import shutil
import stat
import subprocess
import tempfile
import unittest

import case

HA_CF = """keepalive 1
deadtime 10
auto_failback off
bcast eth1
node srv1 srv2
"""
IPMI = """stonith_host srv1 external/ipmi srv2 10.0.9.2 admin s3cr3t-word lan
stonith_host srv2 external/ipmi srv1 10.0.9.1 admin s3cr3t-word lan
"""


class Convert(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="hbdconvert")
        self.addCleanup(shutil.rmtree, self.dir)
        self.out = os.path.join(self.dir, "hbd")
        self.write("ha.cf", HA_CF)
        self.write("haresources", "srv1 10.0.0.100/24/eth0\n")
        self.write("authkeys", "auth 1\n1 sha1 the-secret-of-this-cluster\n")

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.out, name)) as file:
            return file.read()

    def hbd(self, *arguments):
        return subprocess.run([*case.PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=60)

    def convert(self, code, *arguments):
        done = self.hbd("ctl", "convert", "--from", self.dir, *arguments)
        self.assertEqual(code, done.returncode, done.stderr)
        self.assertNotIn("s3cr3t", done.stdout + done.stderr)
        self.assertNotIn("the-secret-of", done.stdout + done.stderr)
        return done

    def mode(self, name):
        return stat.S_IMODE(os.stat(os.path.join(self.out, name)).st_mode)

    def test_without_output_toml_and_account_are_printed_and_nothing_is_written(self):
        before = sorted(os.listdir(self.dir))
        done = self.convert(0)
        self.assertIn('nodes = ["srv1", "srv2"]', done.stdout)
        self.assertIn("ha.cf:4: bcast eth1: taken over\n", done.stderr)
        self.assertEqual(before, sorted(os.listdir(self.dir)))

    def test_what_is_written_is_closed_and_passes_the_check(self):
        self.write("ha.cf", HA_CF + IPMI)
        self.convert(0, "--output", self.out)
        self.assertEqual(["authkeys", "hbd.toml", "stonith-1.passwd", "stonith-2.passwd"], sorted(os.listdir(self.out)))
        self.assertEqual([0o644, 0o600, 0o600], [self.mode(n) for n in ("hbd.toml", "authkeys", "stonith-1.passwd")])
        self.assertEqual("s3cr3t-word\n", self.read("stonith-1.passwd"))
        self.assertIn('passwd_file = "%s/stonith-1.passwd"' % self.out, self.read("hbd.toml"))
        done = self.hbd("check", "--config", self.out + "/hbd.toml", "--authkeys", self.out + "/authkeys")
        self.assertEqual(0, done.returncode, done.stderr)

    def test_nothing_is_overwritten_without_force(self):
        self.convert(0, "--output", self.out)
        with open(os.path.join(self.out, "hbd.toml"), "w") as file:
            file.write("mine")
        os.chmod(os.path.join(self.out, "authkeys"), 0o644)
        self.assertIn("--force", self.convert(1, "--output", self.out).stderr)
        self.assertEqual("mine", self.read("hbd.toml"))
        self.convert(0, "--output", self.out, "--force")
        self.assertIn("nodes", self.read("hbd.toml"))
        self.assertEqual(0o600, self.mode("authkeys"))

    def test_a_refusal_ends_with_1_and_stands_in_the_file(self):
        self.write("ha.cf", HA_CF + "respawn root watcher\n")
        self.convert(1, "--output", self.out)
        self.assertIn("# Not carried over: ha.cf:6: respawn", self.read("hbd.toml"))

    def test_what_hbd_does_not_accept_is_not_written(self):
        for more in ("node srv3\n", "crm yes\n", IPMI.splitlines()[0] + "\n", "stonith_host srv1\n"):
            self.write("ha.cf", HA_CF + more)
            self.assertIn("nothing was written", self.convert(1, "--output", self.out).stderr)
            self.assertFalse(os.path.exists(self.out), more)

    def test_wrong_usage_ends_with_2(self):
        self.convert(2, "--ucast", "srv1")
        self.convert(2, "--ucast", "srv1=here")
        os.remove(os.path.join(self.dir, "ha.cf"))
        self.convert(2)

    def test_crc_gets_a_secret_that_is_another_one_each_time(self):
        self.write("authkeys", "auth 1\n1 crc\n")
        secrets = set()
        for _ in range(2):
            self.convert(0, "--output", self.out, "--force")
            secrets.add(self.read("authkeys"))
        self.assertEqual(2, len(secrets))
