#!/usr/bin/env python3
"""The packages: what is in them, what their scripts do to a machine, and what is left when they go."""
import argparse
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(TREE, "tests", "netns"))
from booted import Booted  # noqa: E402
from root import ScratchRoot, problem  # noqa: E402
from run_lines import OneLine  # noqa: E402

PACKAGES = os.path.join(TREE, "artifacts", "packages")
NO_ROOT = problem()
USR2 = "kill --kill-who=main -s USR2 hbd.service"
GOOD = """nodes = ["srv1", "srv2"]
[[mcast]]
interface = "eth0"
group = "239.192.0.94"
"""
FILES = {
    "/etc/hbd/hbd.toml": 0o644,
    "/usr/lib/hbd/make-authkeys": 0o755,
    "/usr/lib/hbd/replace-running": 0o755,
    "/usr/lib/ocf/resource.d/hbd/IPaddr": 0o777,
    "/usr/lib/systemd/system/hbd.service": 0o644,
    "/usr/lib/systemd/system/hbd-witness.service": 0o644,
    "/usr/bin/cl_status": 0o777,
    "/usr/sbin/hb_standby": 0o777,
    "/usr/sbin/hb_takeover": 0o777,
    "/usr/share/heartbeat/hb_standby": 0o777,
    "/usr/share/heartbeat/hb_takeover": 0o777,
    "/usr/share/man/man1/cl_status.1": 0o644,
    "/usr/sbin/hbd": 0o755,
    "/usr/sbin/hbctl": 0o777,
    "/usr/share/bash-completion/completions/hbd": 0o644,
    "/usr/share/bash-completion/completions/hbctl": 0o777,
    "/usr/share/doc/hbd/README.md": 0o644,
    "/usr/share/doc/hbd/examples/authkeys": 0o644,
    "/usr/share/doc/hbd/examples/hbd.toml": 0o644,
    "/usr/lib/hbd/plugins/": 0o755,
    **{"/usr/share/doc/hbd/examples/" + os.path.basename(f): 0o644 for f in glob.glob(os.path.join(TREE, "etc", "samples", "*.toml"))},
    **{"/usr/share/doc/hbd/" + os.path.basename(f): 0o644 for f in glob.glob(os.path.join(TREE, "doc", "*.md"))},
    "/usr/share/man/man5/hbd-authkeys.5": 0o644,
    "/usr/share/man/man5/hbd.toml.5": 0o644,
    "/usr/share/man/man7/hbd-messages.7": 0o644,
    "/usr/share/man/man8/hbctl.8": 0o644,
    "/usr/share/man/man8/hbd.8": 0o644,
}


HEADERS = {"/usr/include/hbd/hbd_agent.h": 0o644, "/usr/include/hbd/hbd_stonith.h": 0o644}
DEB, RPM = "hbd_*.deb", "hbd-[0-9]*.rpm"
DEB_DEV, RPM_DEV = "hbd-dev_*.deb", "hbd-devel-*.rpm"


def output(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def package(pattern):
    found = glob.glob(os.path.join(PACKAGES, pattern))
    if len(found) != 1:
        raise unittest.SkipTest("%d packages %s: run make deb rpm" % (len(found), pattern))
    return found[0]


def text_of(*path):
    with open(os.path.join(TREE, *path), encoding="utf-8") as file:
        return file.read()


def mode_of(letters):
    bits = 0
    for letter in letters[1:10]:
        bits = bits << 1 | (letter != "-")
    return bits


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Files(unittest.TestCase):
    """Both packages hold the same."""

    def in_deb(self, pattern):
        found = {}
        for line in output("dpkg-deb", "-c", package(pattern)).splitlines():
            letters, owner, _, _, _, name = line.split(maxsplit=5)
            self.assertEqual("root/root", owner, line)
            found[re.sub(r"^\.(/lib/systemd)", r"./usr\1", name).lstrip(".").split(" -> ")[0].removesuffix(".gz")] = mode_of(letters)
        return found

    def in_rpm(self, pattern):
        found = {}
        for line in output("rpm", "-qp", "--qf", "[%{FILENAMES} %{FILEMODES:octal} %{FILEUSERNAME} %{FILEGROUPNAME}\\n]",
                           package(pattern)).splitlines():
            name, mode, owner, group = line.split()
            self.assertEqual(("root", "root"), (owner, group), line)
            directory = int(mode, 8) & 0o170000 == 0o040000
            found[name.removesuffix(".gz") + ("/" if directory else "")] = int(mode, 8) & 0o777
        return found

    def test_the_deb_has_the_files_with_owner_and_modes(self):
        found = self.in_deb(DEB)
        self.assertEqual(FILES, {name: found.get(name) for name in FILES})

    def test_the_headers_have_packages_of_their_own(self):
        for found, headers in ((self.in_deb(DEB), self.in_deb(DEB_DEV)), (self.in_rpm(RPM), self.in_rpm(RPM_DEV))):
            self.assertEqual(HEADERS, {name: headers.get(name) for name in HEADERS})
            self.assertFalse([name for name in found if name.startswith("/usr/include")])

    def test_the_rpm_has_the_files_with_owner_and_modes(self):
        found = self.in_rpm(RPM)
        self.assertEqual(FILES, {name: found.get(name) for name in FILES})

    def test_the_configuration_is_the_administrators(self):
        self.assertEqual("/etc/hbd/hbd.toml\n", output("dpkg-deb", "-I", package(DEB), "conffiles"))
        self.assertEqual("/etc/hbd/hbd.toml\n", output("rpm", "-qpc", package(RPM)))

    def test_dependencies_name_libssl_and_the_package_that_is_replaced(self):
        fields = output("dpkg-deb", "-f", package(DEB))
        self.assertRegex(fields, r"Depends:.*libc6 \(>= .*libssl3t64 \| libssl3")
        self.assertRegex(fields, r"Conflicts: heartbeat\nReplaces: heartbeat")
        self.assertRegex(output("rpm", "-qpR", package(RPM)), r"(?m)^util-linux$")
        self.assertIn("openssl-libs", output("rpm", "-qpR", package(RPM)))
        self.assertIn("heartbeat < 4", output("rpm", "-qp", "--obsoletes", package(RPM)))

    def test_version_txt_changelogs_and_spec_agree(self):
        version = text_of("version.txt").strip()
        self.assertRegex(text_of("CHANGELOG.md"), r"(?m)^## \[%s\]" % re.escape(version))
        self.assertTrue(text_of("packaging", "deb", "changelog").startswith("hbd (%s-" % version))
        spec = text_of("packaging", "rpm", "hbd.spec")
        self.assertEqual(version, re.search(r"(?m)^Version: +(\S+)", spec)[1])
        self.assertRegex(spec, r"(?m)^\* .* - %s-" % re.escape(version))

    def test_lintian_has_nothing_to_say(self):
        if not shutil.which("lintian"):
            self.skipTest("no lintian here")
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", package(DEB), package(DEB_DEV)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual((0, ""), (done.returncode, done.stdout))

    def test_rpmlint_has_nothing_to_say_that_is_not_explained(self):
        if not shutil.which("rpmlint"):
            self.skipTest("no rpmlint here")
        done = subprocess.run(["rpmlint", "--rpmlintrc", os.path.join(TREE, "packaging", "rpm", "hbd.rpmlintrc"),
                               package(RPM), package(RPM_DEV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertFalse(re.findall(r"(?m)^hbd(?:-devel)?\.\w+: [EW]: .*", done.stdout), done.stdout)
        self.assertIn(" 0 errors, 0 warnings", done.stdout)

    def test_built_again_each_has_the_same_bytes(self):
        for target, pattern in (("deb", DEB), ("deb", DEB_DEV), ("rpm", RPM), ("rpm", RPM_DEV)):
            with self.subTest(target):
                before = digest(package(pattern))
                subprocess.run(["make", "-C", TREE, target], check=True, stdout=subprocess.DEVNULL)
                self.assertEqual(before, digest(package(pattern)))


class Texts(unittest.TestCase):
    """What comes with the binary says what the binary does."""

    def test_systemd_finds_no_fault_with_the_unit(self):
        # The program and the pages are not installed here.
        unit = os.path.join(PACKAGES, "hbd.service")
        self.addCleanup(os.remove, unit)
        with open(unit, "w") as file:
            file.write(re.sub(r"(?m)^Documentation=.*\n", "", text_of("packaging", "systemd", "hbd.service")).replace(
                "/usr/sbin/hbd run", "/bin/true").replace("/usr/sbin/hbctl reload", "/bin/true"))
        done = subprocess.run(["systemd-analyze", "verify", unit], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual((0, ""), (done.returncode, done.stdout))

    def test_completion_and_pages_know_every_command_and_option(self):
        completion = text_of("packaging", "completion", "hbd")
        pages = {name: text_of("packaging", "man", name + ".8").replace("\\-", "-") for name in ("hbd", "hbctl")}
        binary = os.path.join(TREE, "artifacts", "bin")
        words = 0
        for name in ("hbd", "hbctl"):
            program = os.path.join(binary, name)
            commands = re.findall(r"(?m)^  (\w+) ", output(program, "--help").split("Commands:")[1])
            for command in commands + [None]:
                text = output(program, *([command] if command else []), "--help") if command != "ctl" else ""
                for word in re.findall(r"--[\w-]+", text.partition("Options:")[2].partition("Commands:")[0]) + \
                        ([command] if command else []):
                    self.assertRegex(completion, r"[ ']%s[ ']" % re.escape(word), name)
                    if word not in ("--help", "--version"):
                        self.assertIn(word, pages[name], name)
                    words += 1
        self.assertGreater(words, 20)

    def test_bash_completes(self):
        script = "source %s; COMP_WORDS=(hbctl st); COMP_CWORD=1; _hbd; echo ${COMPREPLY[*]}; " \
                 "COMP_WORDS=(hbd ctl takeover l); COMP_CWORD=3; _hbd; echo ${COMPREPLY[*]}"
        path = os.path.join(TREE, "packaging", "completion", "hbd")
        self.assertEqual("status standby stop\nlocal\n", output("bash", "-c", script % path))

    def test_the_sample_configuration_starts_nothing(self):
        done = subprocess.run([os.path.join(TREE, "artifacts", "bin", "hbd"), "check", "--config",
                               os.path.join(TREE, "etc", "hbd.toml"), "--authkeys", "/dev/null"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(6, done.returncode)
        self.assertIn("has no nodes; expected", done.stdout)


class Installed(unittest.TestCase):
    """What an administrator does, in a scratch root; the same for both kinds."""

    def setUp(self):
        if NO_ROOT:
            self.skipTest(NO_ROOT)

    def root(self, pattern):
        path = package(pattern)
        root = ScratchRoot([path])
        self.addCleanup(root.close)
        return root, "/tmp/" + os.path.basename(path)

    def done(self, root, command):
        code, said = root.run(command)
        self.assertEqual(0, code, command + "\n" + said)
        return said

    def edited(self, root):
        self.done(root, "cat > /etc/hbd/hbd.toml <<'END'\n%sEND" % GOOD)

    def keys_are_made(self, root):
        self.assertEqual("600 root root\n", self.done(root, "stat -c '%a %U %G' /etc/hbd/authkeys"))
        self.assertEqual("authkeys\nhbd.toml\n", self.done(root, "ls /etc/hbd"))
        keys = self.done(root, "cat /etc/hbd/authkeys")
        self.assertRegex(keys, r"(?m)^auth 1\n1 sha256 [A-Za-z0-9+/]{43}=$")
        self.edited(root)
        self.assertIn("are good", self.done(root, "hbd check"))
        return keys

    def nothing_was_stopped(self, asked):
        self.assertFalse([line for line in asked if re.search(r"(^| )(stop|start|restart|try-restart|reload) ", line)], asked)

    def upgrades(self, root, upgrade, keys):
        """Same version once more: the scripts see what they see at an upgrade."""
        self.done(root, upgrade)
        asked = root.asked()
        self.nothing_was_stopped(asked)
        self.assertNotIn(USR2, asked, "nothing runs, nothing is replaced")
        self.done(root, "touch /tmp/active")
        self.done(root, upgrade)
        asked = root.asked()
        self.nothing_was_stopped(asked)
        self.assertIn(USR2, asked)
        self.assertLess(asked.index("--system daemon-reload"), asked.index(USR2), "the new unit is known by then")
        self.done(root, "echo nonsense >> /etc/hbd/hbd.toml")
        self.assertIn("this version refuses the configuration", self.done(root, upgrade))
        self.assertNotIn(USR2, root.asked())
        self.edited(root)
        self.done(root, "printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d")
        self.done(root, upgrade)
        self.assertNotIn(USR2, root.asked())
        self.assertEqual(keys, self.done(root, "cat /etc/hbd/authkeys"), "never overwritten")
        self.assertIn(GOOD, self.done(root, "cat /etc/hbd/hbd.toml"))

    def test_deb_from_installation_to_purge(self):
        root, path = self.root(DEB)
        install = "dpkg -i --force-depends --force-confold %s" % path
        self.done(root, install)
        self.nothing_was_stopped(root.asked())
        self.assertTrue(self.enabled(root), "for the next boot")
        self.assertEqual(6, root.run("hbd run")[0], "not before somebody has edited the sample")
        keys = self.keys_are_made(root)
        self.upgrades(root, install, keys)
        self.done(root, "rm -f /usr/sbin/policy-rc.d; mkdir -p /var/lib/hbd /run/hbd && touch /var/lib/hbd/generation")
        self.done(root, "dpkg -r hbd")
        self.assertTrue([line for line in root.asked() if re.search(r"\bstop .*hbd.service", line)], "resources are stopped")
        self.assertEqual(keys, self.done(root, "cat /etc/hbd/authkeys"), "removed is not purged")
        self.done(root, install)
        self.assertEqual(keys, self.done(root, "cat /etc/hbd/authkeys"))
        self.done(root, "dpkg -P hbd")
        self.gone(root, "/etc/hbd")
        self.assertEqual("", root.run("ls /var/lib/systemd/deb-systemd-helper-*/*hbd* 2> /dev/null")[1])

    def test_rpm_from_installation_to_removal(self):
        if not shutil.which("rpm"):
            self.skipTest("no rpm here")
        root, path = self.root(RPM)
        rpm = "rpm --dbpath /tmp/rpmdb --nodeps %s" + (" --force-debian" if os.path.exists("/etc/debian_version") else "")
        self.done(root, rpm % ("-i " + path))
        asked = root.asked()
        self.nothing_was_stopped(asked)
        self.assertTrue(self.enabled(root), "for the next boot")
        keys = self.keys_are_made(root)
        self.upgrades(root, rpm % ("-U --replacepkgs " + path), keys)
        self.done(root, "rm -f /usr/sbin/policy-rc.d; mkdir -p /var/lib/hbd /run/hbd && touch /var/lib/hbd/generation")
        self.done(root, rpm % "-e hbd")
        asked = root.asked()
        self.assertIn("stop hbd.service", asked, "resources are stopped")
        self.assertEqual("authkeys\nhbd.toml.rpmsave\n", self.done(root, "ls /etc/hbd"), "there is no purge")
        self.gone(root)

    def enabled(self, root):
        return root.run("ls /etc/systemd/system/multi-user.target.wants/hbd.service")[0] == 0

    def gone(self, root, *more):
        self.assertFalse(self.enabled(root))
        for path in ("/usr/sbin/hbd", "/usr/sbin/hbctl", "/usr/lib/hbd", "/usr/share/doc/hbd", "/var/lib/hbd", "/run/hbd", *more):
            self.assertNotEqual(0, root.run("ls -d " + path)[0], path + " is still there")


class Service(unittest.TestCase):
    """The installed unit under the real systemd: who starts it again, and what the address sees of it."""

    CONFIG = """nodes = ["srv1", "srv2"]
keepalive = "100ms"
deadtime = "1s"
initdead = "2s"
[[mcast]]
interface = "eth0"
group = "239.192.0.94"
[haresources]
srv1 = ["10.9.9.100/24/eth0"]
"""

    def setUp(self):
        if NO_ROOT:
            self.skipTest(NO_ROOT)
        path = package(DEB)
        try:
            self.machine = Booted(path)
        except OSError as error:
            self.skipTest("no systemd in namespaces on this machine: " + str(error))
        self.addCleanup(self.machine.close)
        self.install = "dpkg -i --force-depends --force-confold /opt/" + os.path.basename(path)

    def done(self, command):
        code, said = self.machine.run(command)
        self.assertEqual(0, code, command + "\n" + said)
        return said

    def unit(self, name):
        return self.done("systemctl show hbd --value -p " + name).strip()

    def has_address(self):
        return "10.9.9.100" in self.done("ip -4 -o addr show dev eth0")

    def happens(self, condition, seconds, what):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, what + "\n" + self.machine.run("journalctl --no-pager -u hbd -n 30")[1])
            time.sleep(0.05)

    def life(self):
        """Generation of the daemon that answers: an upgrade keeps the process, systemd makes another one."""
        code, said = self.machine.run("hbctl status --json")
        return json.loads(said)["generation"] if code == 0 else None

    def started_again(self, command, what):
        """Another life of the daemon, the same address all the time."""
        before = self.life()
        self.done("(timeout 20 ip -o monitor address > /tmp/monitor & echo $! > /tmp/monitor.pid) < /dev/null > /dev/null 2>&1")
        self.done(command)
        self.happens(lambda: self.life() not in (before, None) and self.unit("ActiveState") == "active", 10, what)
        time.sleep(1.5)
        self.done("kill $(cat /tmp/monitor.pid)")
        self.assertEqual("", self.done("cat /tmp/monitor"), what)
        self.assertTrue(self.has_address(), what)

    def test_from_installation_to_purge(self):
        self.done(self.install)
        self.assertEqual("inactive", self.unit("ActiveState"))
        self.assertEqual("enabled\n", self.done("systemctl is-enabled hbd"))
        self.assertNotEqual(0, self.machine.run("systemctl start hbd")[0], "the sample")
        self.assertEqual(("failed", "0"), (self.unit("ActiveState"), self.unit("NRestarts")), "6 is not tried again")
        self.assertIn("has no nodes", self.done("journalctl --no-pager -u hbd"))
        self.done("cat > /etc/hbd/hbd.toml <<'END'\n%sEND" % self.CONFIG)
        self.done("systemctl start hbd")
        self.assertIn("srv1", self.done("hbctl status"), "started means that it answers")
        self.happens(self.has_address, 10, "the address is up")

        self.started_again("systemctl kill --kill-who=main -s KILL hbd", "after a crash")
        self.started_again("systemctl kill --kill-who=main -s STOP hbd", "after the watchdog")
        self.started_again(self.install, "after an upgrade")
        self.done("systemctl reload hbd")
        self.assertEqual("success", self.unit("Result"))

        self.done("hbctl stop")
        self.happens(lambda: self.unit("ActiveState") == "inactive", 5, "an orderly end stays one")
        self.assertFalse(self.has_address())
        self.done("systemctl start hbd")
        self.happens(self.has_address, 10, "the address is up")
        self.done("dpkg -r hbd")
        self.assertFalse(self.has_address(), "removal stops resources")
        self.done("dpkg -P hbd")
        for path in ("/etc/hbd", "/var/lib/hbd", "/run/hbd"):
            self.assertNotEqual(0, self.machine.run("ls -d " + path)[0], path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="only tests with this word in their name")
    options = parser.parse_args()
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite(test for case in (Files, Texts, Installed, Service) for test in loader.loadTestsFromTestCase(case)
                               if not options.only or options.only in test.id())
    result = OneLine()
    suite.run(result)
    print("%d passed, %d failed, %d skipped" % tuple(len(result.report[k]) for k in ("passed", "failed", "skipped")))
    return 1 if result.report["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
