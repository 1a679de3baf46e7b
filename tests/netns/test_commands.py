"""Every command: used wrongly, by an ordinary user, without a daemon. And what hbctl doctor finds."""
import json
import os
import re
import subprocess

from case import HbdTest

# What talks to the daemon, with arguments that are right.
ASKS = ("status", "standby", "takeover", "failback", "cleanup all", "fence list", "fence plan", "fence history", "fence test", "agents quarantine clear x",
        "metrics", "diff", "stop")
NOBODY = 65534


class Commands(HbdTest):
    def test_a_dead_daemon_is_said_plainly(self):
        lab = self.lab(media=("mcast",))
        for words in ASKS:
            done = lab.srv1.hbctl(*words.split(), check=False)
            self.assertEqual(3, done.returncode, words + ": " + done.stderr)
            self.assertRegex(done.stderr, r"\Ahbd is not running on this machine \(no .*\)\.\n\Z", words)

    def test_an_ordinary_user_is_told_to_be_root(self):
        lab = self.lab(media=("mcast",))
        lab.srv1.start()
        self.happens(lab.srv1.status, 5, "status")
        for path in (lab.dir, lab.srv1.dir, lab.srv1.run_dir):
            os.chmod(path, 0o755)
        for words in ASKS:
            done = subprocess.run([*lab.program, "ctl", "--run-dir", lab.srv1.run_dir, *words.split()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, timeout=10, user=NOBODY, group=NOBODY, extra_groups=[])
            self.assertEqual(4, done.returncode, words + ": " + done.stderr)
            self.assertRegex(done.stderr, r"\Apermission denied for .*; run hbctl as root\.\n\Z", words)

    def test_files_are_rehearsed_and_compared_without_a_daemon_by_anybody(self):
        lab = self.lab(media=("mcast",))
        for path in (lab.dir, lab.srv1.dir, lab.srv1.config):
            os.chmod(path, 0o755)
        for words, codes in ((["rehearse", "--json", "--config", lab.srv1.config], (0, 10)), (["diff", "--config", lab.srv1.config, lab.srv1.config], (0,))):
            done = subprocess.run([*lab.program, "ctl", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  timeout=10, user=NOBODY, group=NOBODY, extra_groups=[])
            self.assertIn(done.returncode, codes, done.stderr)
            if words[0] == "rehearse":
                cases = {case["name"]: case for case in json.loads(done.stdout)["cases"]}
                self.assertIn("the only link cut", cases)
                self.assertIn(105, [line["message"] for line in cases["srv1 loses power"]["timeline"]], "the peer's death is said")
            else:
                self.assertEqual("The files agree.\n", done.stdout)


class Doctor(HbdTest):
    def doctor(self, lab, host, *more, node="srv1"):
        done = subprocess.run(host.enter(*lab.program, "ctl", "--run-dir", host.run_dir, "doctor", "--json", "--config", host.config, "--authkeys", host.auth_keys,
                                         "--state-dir", host.state_dir, "--node", node, *more),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=10)
        found = json.loads(done.stdout)
        for finding in found["findings"]:
            self.assertRegex(finding["id"], r"\AD[1-6][0-9]{2}\Z")
            self.assertTrue(finding["text"] and finding["remedy"], finding)
        expected = {"error": 11, "warning": 10, "note": 0, None: 0}[found["worst"]]
        self.assertEqual(expected, done.returncode, "the exit code is that of the worst finding")
        return found, {finding["id"] for finding in found["findings"]}

    def test_a_healthy_pair_has_no_errors_and_a_hurt_one_has_the_right_ones(self):
        lab = self.started(media=("mcast", "ucast"))
        found, ids = self.doctor(lab, lab.srv1)
        self.assertEqual("running", found["daemon"])
        self.assertFalse([f for f in found["findings"] if f["severity"] == "error" and f["id"] != "D513"], found)
        lab.pull(lab.srv1, 1)
        self.happens(lambda: lab.srv1.link("ucast")["state"] != "up", 5, "the link is seen to be down")
        os.chmod(lab.srv1.auth_keys, 0o644)
        with open(lab.srv1.config, "a") as file:
            file.write('[[group]]\nname = "x"\nnode = "srv1"\nresources = ["nosuchagent", "Filesystem::/dev/x::/x::ext4"]\n')
        os.chmod(lab.srv1.config, 0o666)
        found, ids = self.doctor(lab, lab.srv1)
        self.assertLessEqual({"D206", "D110", "D401", "D106", "D104", "D305"}, ids, found)
        lab.srv2.die()
        self.happens(lambda: lab.srv1.status()["peer"]["state"] == "dead", 5, "the peer is dead")
        self.assertIn("D207", self.doctor(lab, lab.srv1)[1])

    def test_without_a_daemon_it_looks_at_the_rest_and_says_so(self):
        lab = self.lab(media=("mcast", "serial"))
        more = '[[alert]]\nprogram = "/nosuch/alert"\n'
        lab.write_config(lab.srv1, lab.config().replace("/ttyS0", "/ttyS9") + more)
        found, ids = self.doctor(lab, lab.srv1)
        self.assertEqual("not running", found["daemon"])
        self.assertLessEqual({"D501", "D204", "D402"}, ids, found)
        self.assertNotIn("D103", ids)
        self.assertIn("D103", self.doctor(lab, lab.srv1, node="srv7")[1])
        lab.write_config(lab.srv1, lab.config().split("[[serial]]")[0] + "[haresources]\n")
        self.assertIn("D201", self.doctor(lab, lab.srv1)[1])
        lab.write_config(lab.srv1, "nodes = [")
        self.assertIn("D101", self.doctor(lab, lab.srv1)[1])
        plain = lab.srv1.hbctl("doctor", "--config", lab.srv1.config, "--authkeys", lab.srv1.auth_keys, check=False)
        self.assertRegex(plain.stdout, r"(?m)^error   D101  .*hbd.toml:1:\d+: ")
        self.assertTrue(re.search(r"\d+ errors, \d+ warnings, \d+ notes\. The daemon is not running\.\n\Z", plain.stdout), plain.stdout)
