"""The names of heartbeat 3: cl_status, hb_standby, hb_takeover, hbd --status, with the real daemon."""
import os
import signal
import subprocess

from case import HbdTest


class Classic(HbdTest):
    def ask(self, host, name, *arguments, env=None):
        """Exit code, standard output, standard error."""
        link = os.path.join(host.dir, name)
        if not os.path.lexists(link):
            os.symlink(host.lab.program[0], link)
        done = subprocess.run([link, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=20, env={**os.environ, "HBD_RUN_DIR": host.run_dir, "HBD_CONFIG": host.config, **(env or {})})
        return done.returncode, done.stdout, done.stderr

    def says(self, host, code, text, *arguments):
        self.assertEqual((code, text), self.ask(host, "cl_status", *arguments)[:2], arguments)

    def test_stopped(self):
        lab = self.lab()
        host = lab.srv1
        self.says(host, 1, "Heartbeat is stopped on this machine.\n", "hbstatus")
        self.says(host, 1, "", "listnodes")
        self.says(host, 11, "", "nonsense")
        self.assertEqual((3, "hbd is stopped. No process\n", ""), self.ask(host, "hbd", "--status"))
        self.assertEqual(1, self.ask(host, "hb_standby")[0])
        code, text, _ = self.ask(host, "cl_status")
        self.assertEqual(0, code)
        self.assertIn("Usage: cl_status <sub-command>", text)

    def test_questions_get_the_classic_answers(self):
        lab = self.started(media=("mcast", "ucast", "serial"), more='[[ping]]\naddress = "10.77.0.1"\n')
        host = lab.srv1
        self.happens(lambda: host.status()["ping"]["nodes"][0]["state"] == "up", 10, "the ping node answers")
        self.says(host, 0, "Heartbeat is running on this machine.\n", "hbstatus")
        self.says(host, 0, "srv1\nsrv2\n10.77.0.1\n", "listnodes")
        self.says(host, 0, "10.77.0.1\n", "listnodes", "-p")
        self.says(host, 0, "srv1\nsrv2\n", "listnodes", "-n")
        self.says(host, 0, "active\n", "nodestatus", "srv1")
        self.says(host, 0, "active\n", "nodestatus", "srv2")
        self.says(host, 0, "ping\n", "nodestatus", "10.77.0.1")
        self.says(host, 11, "", "nodestatus", "srv3")
        self.says(host, 11, "", "nodestatus")
        self.says(host, 11, "", "nodestatus", "-x", "srv1")
        self.says(host, 0, "The cluster node srv2 is active\n", "nodestatus", "-m", "srv2")
        self.says(host, 0, "100\n", "nodeweight", "srv1")
        self.says(host, 0, "Default\n", "nodesite", "srv1")
        self.says(host, 0, "normal\n", "nodetype", "srv2")
        self.says(host, 0, "ping\n", "nodetype", "10.77.0.1")
        self.says(host, 0, "\teth0\n\teth1\n\t%s/ttyS0\n" % lab.here, "listhblinks", "srv2")
        self.says(host, 13, "", "listhblinks", "srv3")
        self.says(host, 0, "up\n", "hblinkstatus", "srv2", "eth1")
        self.says(host, 13, "", "hblinkstatus", "srv2", "eth9")
        self.says(host, 0, "online\n", "clientstatus", "srv1", "ipfail")
        self.says(host, 1, "offline\n", "clientstatus", "srv1", "ccm")
        self.says(host, 0, "100ms\n", "hbparameter", "-p", "keepalive")
        self.says(host, 0, "2\n", "hbparameter", "-p", "initdead")
        self.says(host, 0, "off\n", "hbparameter", "-p", "auto_failback")
        self.says(host, 1, "", "hbparameter", "-p", "logfile")
        self.says(host, 11, "", "hbparameter")
        self.says(host, 0, "local\n", "rscstatus")
        self.says(host, 0, "This node is holding local resources.\n", "rscstatus", "-m")
        self.says(lab.srv2, 0, "none\n", "rscstatus")
        code, text, _ = self.ask(host, "cl_status", "hbstatus", "-v")
        self.assertEqual(0, code)
        self.assertIn("\nsrv2\tactive\t(nodetype: normal)\n\teth0\tup\n", text)
        code, text, _ = self.ask(host, "hbd", "--status")
        self.assertEqual(0, code)
        self.assertRegex(text, r"^hbd OK \[pid %d et al\] is running on \S+ \[\S+\]\.\.\.\n$" % host.process.pid)

    def test_a_dead_peer_and_a_dead_link(self):
        lab = self.started()
        lab.cut("ucast")
        self.happens(lambda: self.ask(lab.srv1, "cl_status", "hblinkstatus", "srv2", "eth1")[:2] == (1, "dead\n"), 5, "the link is dead")
        lab.srv1.die()
        self.one_owner(lab, lab.srv2)
        self.says(lab.srv2, 1, "dead\n", "nodestatus", "srv1")
        self.says(lab.srv2, 0, "all\n", "rscstatus")
        self.assertEqual(1, self.ask(lab.srv1, "hbd", "--status")[0])

    def test_standby_and_takeover(self):
        lab = self.started()
        self.assertEqual((0, ""), self.ask(lab.srv1, "hb_standby", "local")[:2])
        self.one_owner(lab, lab.srv2)
        self.says(lab.srv2, 0, "foreign\n", "rscstatus")
        self.assertEqual((0, ""), self.ask(lab.srv1, "hb_takeover", "local")[:2])
        self.one_owner(lab, lab.srv1)
        self.assertEqual(0, self.ask(lab.srv1, "hb_standby")[0])
        self.one_owner(lab, lab.srv2)
        self.assertEqual(0, self.ask(lab.srv2, "hb_standby", "failback")[0])
        self.one_owner(lab, lab.srv1)
        self.assertEqual(0, self.ask(lab.srv2, "hb_takeover", "all")[0])
        self.one_owner(lab, lab.srv2)
        self.assertEqual(0, self.ask(lab.srv1, "hb_takeover", "failback")[0])
        self.one_owner(lab, lab.srv1)

    def test_wrong_words_move_nothing(self):
        lab = self.started()
        for name in ("hb_standby", "hb_takeover"):
            self.assertEqual((1, name + ": wrong resources(everything).\nusage:\n"), self.ask(lab.srv1, name, "everything")[:2])
            self.assertEqual((1, name + ": too many arguments\nusage:\n"), self.ask(lab.srv1, name, "all", "local")[:2])
        self.assertTrue(lab.srv1.holds())
        lab.srv2.signal(signal.SIGTERM)
        lab.srv2.process.wait(10)
        code, _, errors = self.ask(lab.srv1, "hb_standby")
        self.assertEqual(1, code, errors)
        self.assertTrue(lab.srv1.holds())

    def test_a_daemon_that_does_not_answer_costs_five_seconds(self):
        lab = self.started()
        lab.srv1.signal(signal.SIGSTOP)
        try:
            self.assertEqual(12, self.ask(lab.srv1, "cl_status", "nodestatus", "srv2")[0])
        finally:
            lab.srv1.signal(signal.SIGCONT)
