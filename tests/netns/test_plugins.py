"""Shared objects inside the real daemon that do what none may do: what it costs, and who pays."""
import os
import shutil
import signal
import subprocess

from case import HbdTest
import lab as lab_module

TOP = os.path.dirname(os.path.dirname(lab_module.HERE))
GROUPS = """
[[group]]
name = "service"
node = "srv1"
resources = ["%(vip)s/24/eth0"]

[[group]]
name = "bad"
node = "srv1"
resources = [
  { agent = "plugin:hostile", name = "hostile", params = { directory = "%(here)s", armed = "%(here)s/armed", %(how)s },
    stop = { timeout = "1s" } },
]
"""


LANGUAGES = {"c": "WriteFile", "csharp": "WriteFileSharp", "go": "WriteFileGo"}


class Languages(HbdTest):
    def pair(self, types):
        lab = self.lab(media=("mcast", "ucast"), groups={}, deadtime="3s", initdead="4s")
        directory = os.path.join(lab.dir, "plugins")
        os.mkdir(directory, 0o755)
        for type in types:
            shutil.copy(os.path.join(TOP, "artifacts/plugins", type + ".so"), directory)
        resource = '  { agent = "plugin:%s", name = "%s", params = { path = "%s/%s.file", content = "grüße" }, monitor = { interval = "100ms" } },'
        for host in lab.hosts:
            host.options = ["--plugin-dir", directory]
            lines = [resource % (type, type, lab.here, type) for type in types]
            lab.write_config(host, lab.config().replace("[haresources]\n", "")
                             + "\n".join(["", "[[group]]", 'name = "files"', 'node = "srv1"', "resources = [", *lines, "]", ""]))
        return lab

    def contents(self, host, types):
        found = {}
        for type in types:
            path = os.path.join(host.dir, type + ".file")
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    found[type] = file.read()
        return found

    def test_examples_of_every_language_live_together_in_the_daemon(self):
        """Three runtimes in one process: that of the daemon, Go's, and a second one of C#."""
        types = list(LANGUAGES.values())
        missing = [t for t in types if not os.path.exists(os.path.join(TOP, "artifacts/plugins", t + ".so"))]
        if missing:
            self.skipTest("needs artifacts/plugins/%s.so (make plugins)" % missing[0])
        lab = self.pair(types)
        lab.start(30)
        self.happens(lambda: lab.srv1.holds("files"), 10, "the files are held")
        self.assertEqual({t: "grüße\n" for t in types}, self.contents(lab.srv1, types))
        with open("/proc/%d/maps" % lab.srv1.process.pid) as maps:
            loaded = maps.read()
        for type in types:
            self.assertIn(type + ".so", loaded, "loaded, not run as a program")
        for type in types:
            with open(os.path.join(lab.srv1.dir, type + ".file"), "a", encoding="utf-8") as file:
                file.write("more")
            self.happens(lambda: self.contents(lab.srv1, types) == {t: "grüße\n" for t in types}, 5, type + ": its monitor finds the damage")
        self.happens(lambda: lab.srv1.holds("files"), 5, "mended in place")
        lab.srv1.hbctl("standby", "files")
        self.happens(lambda: lab.srv2.holds("files"), 10, "the peer has them")
        self.assertEqual({}, self.contents(lab.srv1, types))
        self.assertEqual({t: "grüße\n" for t in types}, self.contents(lab.srv2, types))
        self.assertTrue(lab.srv1.running() and lab.srv2.running())
        self.assertNotIn("is run as a program", lab.srv1.log() + lab.srv2.log())


class Plugins(HbdTest):
    def hostile(self, how):
        """A pair that runs the hostile agent; it begins when somebody calls arm()."""
        if not shutil.which("gcc"):
            self.skipTest("needs gcc")
        lab = self.lab(media=("mcast", "ucast"), groups={}, deadtime="3s", initdead="4s")
        directory = os.path.join(lab.dir, "plugins")
        os.mkdir(directory, 0o755)
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-I", os.path.join(TOP, "src/plugins/include"), "-o",
                        os.path.join(directory, "hostile.so"), os.path.join(TOP, "tests/agents/Plugins/hostile.c")],
                       check=True, timeout=60)
        for host in lab.hosts:
            host.options = ["--plugin-dir", directory]
            lab.write_config(host, lab.config().replace("[haresources]\n", "") + GROUPS % {
                "vip": lab_module.VIP, "here": lab.here, "how": how.replace("HERE", lab.here)})
        return lab

    def running(self, how, armed=False):
        lab = self.hostile(how)
        if armed:
            self.arm(lab.srv1)
        lab.start(30)
        self.one_owner(lab, lab.srv1)
        self.happens(lambda: lab.srv1.holds("bad"), 5, "the hostile agent runs")
        return lab

    @staticmethod
    def arm(host):
        with open(os.path.join(host.dir, "armed"), "w"):
            pass

    @staticmethod
    def disarm(host):
        os.remove(os.path.join(host.dir, "armed"))

    @staticmethod
    def quarantine(host):
        return host.hbctl("agents", "quarantine", "list", "--state-dir", host.state_dir).stdout

    def heartbeat_was_not_touched(self, lab):
        self.assertNotIn("is dead", lab.srv2.log())
        self.assertNotIn("gap", lab.srv2.log())
        self.assertIn(lab.srv2.status()["peer"]["state"], ("up", "active"))
        self.assertFalse(lab.srv2.has_address())
        self.assertTrue(lab.srv1.running())

    def crash(self, how, exit_code):
        """The daemon dies of it, is started again as systemd would, and knows who it was. The address never leaves."""
        lab = self.running(how)
        self.assertEqual("", self.quarantine(lab.srv1))
        self.arm(lab.srv1)
        lab.srv1.hbctl("standby", "bad", check=False)
        self.assertEqual(exit_code, lab.srv1.process.wait(10))
        self.assertTrue(lab.srv1.has_address(), "the address outlives the daemon")
        self.disarm(lab.srv1)
        lab.srv1.start()
        self.happens(lambda: lab.srv1.holds("service"), 10, "the next daemon adopts what runs")
        self.assertTrue(lab.srv1.has_address())
        self.assertFalse(lab.srv2.has_address(), "the other node never had it")
        self.assertIn("agent plugin:hostile is in quarantine: was in the stop of hostile", lab.srv1.log())
        self.assertIn("hostile", self.quarantine(lab.srv1))
        self.happens(lambda: lab.srv1.holds("bad") or lab.srv2.holds("bad"), 10, "its group goes on, in processes")
        self.assertIn("is out of quarantine", lab.srv1.hbctl("agents", "quarantine", "clear", "hostile").stdout)
        self.happens(lambda: self.quarantine(lab.srv1) == "", 5, "the file knows")
        self.assertNotEqual(0, lab.srv1.hbctl("agents", "quarantine", "clear", "hostile", check=False).returncode)

    def test_a_crash_costs_one_start_of_the_daemon_and_the_agent_its_place(self):
        self.crash('stop = "segv"', -signal.SIGSEGV)

    def test_closed_descriptors_end_the_daemon_at_once_and_the_agent_is_known(self):
        self.crash('stop = "close"', -signal.SIGABRT)

    def test_an_agent_that_ends_the_process_is_as_a_crash(self):
        self.crash('stop = "exit"', 0)

    def stuck(self, how):
        lab = self.running(how + ', gate = "HERE/gate"')
        self.arm(lab.srv1)
        lab.srv1.hbctl("standby", "bad")
        self.happens(lambda: "is in quarantine: stop of hostile did not finish within 1s" in lab.srv1.log(), 10, "quarantine")
        self.assertEqual(1, lab.srv1.status()["counters"]["stuck_workers"])
        self.heartbeat_was_not_touched(lab)
        self.assertTrue(lab.srv1.holds("service"))
        lab.srv1.hbctl("standby", "service")
        self.happens(lambda: lab.srv2.holds("service"), 5, "other groups move while it hangs")
        self.assertFalse(lab.srv1.has_address())
        self.assertFalse(lab.srv2.holds("bad"), "what was not stopped is not started elsewhere")
        with open(os.path.join(lab.srv1.dir, "gate"), "w"):
            pass
        self.happens(lambda: lab.srv1.status()["counters"]["stuck_workers"] == 0, 5, "the worker comes back")
        self.assertIn("hostile", self.quarantine(lab.srv1))

    def test_a_hang_costs_the_agent_its_place_and_nothing_else(self):
        self.stuck('stop = "hang"')

    def test_a_spin_costs_the_agent_its_place_and_nothing_else(self):
        self.stuck('stop = "spin"')

    def test_a_hundred_megabytes_of_words_cost_nothing(self):
        lab = self.running('start = "flood"', armed=True)
        self.heartbeat_was_not_touched(lab)
        with open("/proc/%d/status" % lab.srv1.process.pid) as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        self.assertLess(peak, 60 * 1024, "KiB resident at most")

    def test_a_child_that_stays_costs_nothing(self):
        lab = self.running('start = "fork"', armed=True)
        with open(os.path.join(lab.srv1.dir, "child")) as file:
            child = int(file.read())
        try:
            self.heartbeat_was_not_touched(lab)
            self.assertTrue(os.path.exists("/proc/%d" % child))
            lab.srv1.hbctl("standby", "bad")
            self.happens(lambda: lab.srv2.holds("bad"), 10, "the group still moves")
        finally:
            os.kill(child, signal.SIGKILL)
