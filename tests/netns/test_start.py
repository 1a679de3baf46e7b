"""Starting, refusing to start, and being told so."""
import os
import signal
import socket
import subprocess
from unittest import mock

from case import HbdTest
import lab as lab_module
from lab import Listener, inside, parse_heartbeat


class Start(HbdTest):
    def test_heartbeats_on_every_medium_soon_after_exec(self):
        lab = self.lab(media=("mcast", "ucast"))
        heard = [Listener(lab, lab.client, port, parse_heartbeat()) for port in ("c1", "w1")]
        lab.srv1.start()
        for listener in heard:
            self.happens(lambda: listener.seen, 2, "a heartbeat on each medium")

    def test_wrong_configuration_lists_every_error_and_exits_6(self):
        lab = self.lab(media=("mcast",))
        text = lab.config().replace("keepalive", "keepalife").replace("ttl = 1", 'ttl = "one"')
        lab.write_config(lab.srv1, text)
        lab.srv1.start()
        self.assertEqual(6, lab.srv1.process.wait(5))
        self.assertIn("hbd.toml:", lab.srv1.log())
        self.assertIn("keepalife", lab.srv1.log())
        self.assertIn("ttl", lab.srv1.log())
        check = subprocess.run([*lab.program, "check", "--config", lab.srv1.config, "--authkeys", lab.srv1.auth_keys],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=5)
        self.assertEqual(6, check.returncode)
        self.assertIn('keepalive', check.stdout, "the nearest valid word")

    def test_deadtime_below_twice_keepalive_is_refused(self):
        lab = self.lab(media=("mcast",), keepalive="300ms", deadtime="500ms")
        lab.srv1.start()
        self.assertEqual(6, lab.srv1.process.wait(5))
        self.assertIn("deadtime", lab.srv1.log())

    def test_keys_that_others_can_read_are_refused(self):
        lab = self.lab(media=("mcast",))
        os.chmod(lab.srv1.auth_keys, 0o644)
        lab.srv1.start()
        self.assertEqual(6, lab.srv1.process.wait(5))
        self.assertIn("authkeys", lab.srv1.log())

    def test_a_good_configuration_is_called_good(self):
        lab = self.lab()
        check = subprocess.run([*lab.program, "check", "--config", lab.srv1.config, "--authkeys", lab.srv1.auth_keys],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=5)
        self.assertEqual(0, check.returncode, check.stdout)

    def test_a_second_daemon_is_refused_and_the_first_goes_on(self):
        lab = self.lab(media=("mcast",))
        lab.srv1.start()
        self.happens(lab.srv1.status, 5, "status")
        first = lab.srv1.process
        lab.srv1.start()
        second, lab.srv1.process = lab.srv1.process, first
        self.assertNotEqual(0, second.wait(5))
        self.assertIn("already running", lab.srv1.log())
        self.assertTrue(lab.srv1.status())

    def test_without_a_daemon_hbctl_says_so_with_exit_code_3(self):
        lab = self.lab(media=("mcast",))
        done = lab.srv1.hbctl("status", check=False)
        self.assertEqual(3, done.returncode)
        self.assertIn("hbd is not running", done.stderr)

    def test_a_port_in_use_closes_that_medium_only_until_it_is_free(self):
        lab = self.lab(media=("mcast", "ucast"))
        with inside(lab.srv1.namespace):
            blocker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        blocker.bind((lab.srv1.address(1), lab_module.PORT))
        for host in lab.hosts:
            host.start()
        self.happens(lambda: lab.srv1.link("ucast") and lab.srv1.link("ucast")["state"] == "closed", 5, "the medium is closed")
        self.assertTrue(lab.srv1.link("ucast")["problem"])
        self.happens(lambda: lab.srv1.status()["peer"]["state"] == "active", 5, "the other medium carries on")
        blocker.close()
        self.happens(lambda: lab.srv1.link("ucast")["state"] == "up", 5, "the medium opens when the port is free")

    def test_sigterm_ends_in_order(self):
        lab = self.started(media=("mcast", "ucast"))
        lab.srv1.signal(signal.SIGTERM)
        self.assertEqual(0, lab.srv1.process.wait(5))
        self.one_owner(lab, lab.srv2)
        self.assertFalse(lab.srv1.has_address())

    def test_the_service_manager_hears_ready_the_watchdog_and_stopping(self):
        lab = self.lab(media=("mcast",))
        path = os.path.join(lab.srv1.dir, "notify")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(path)
        manager.settimeout(5)
        with mock.patch.dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC="3000000"):
            lab.srv1.start()
        self.assertTrue(manager.recv(4096).startswith(b"READY=1\n"))
        self.assertTrue(lab.srv1.status(), "ready means that commands are answered")
        for _ in range(3):
            self.assertEqual(b"WATCHDOG=1", manager.recv(4096))
        lab.srv1.signal(signal.SIGTERM)
        heard = manager.recv(4096)
        self.assertTrue(heard.startswith(b"STOPPING=1\n"), heard)
        self.assertEqual(79, lab.srv1.process.wait(5), "0 would be what a plugin's exit(0) looks like")
