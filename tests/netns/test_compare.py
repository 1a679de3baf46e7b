"""hbctl diff without a file: the daemons tell each other where their configurations differ, over every kind of link."""
import json
import socket
import time

from case import HbdTest
from lab import Listener, parse_heartbeat, send_udp

HERE = """
[[group]]
name = "web"
node = "srv1"
resources = [
  { name = "www", agent = "Delay", params = { startdelay = "0", stopdelay = "0" } },
  { name = "same", agent = "Delay", params = { startdelay = "0" } },
]
"""
THERE = HERE.replace('stopdelay = "0"', 'stopdelay = "1"') + """
[[group]]
name = "mail"
node = "srv2"
resources = [{ name = "post", agent = "Delay", params = { startdelay = "0" } }]
"""


class Compare(HbdTest):
    def pair(self, here="", there="", **settings):
        lab = self.lab(**settings)
        text = lab.config()
        lab.write_config(lab.srv1, text + here)
        lab.write_config(lab.srv2, text + there)
        for host in lab.hosts:
            host.start()
        self.happens(lambda: all((h.status() or {"peer": {"state": ""}})["peer"]["state"] == "active" for h in lab.hosts), 15, "both are there")
        return lab

    def test_nodes_that_agree_say_so(self):
        lab = self.started(media=("mcast",))
        done = lab.srv1.hbctl("diff")
        self.assertEqual("The files agree.\n", done.stdout)
        wrong = lab.srv1.hbctl("diff", "--config", lab.srv1.config, check=False)
        self.assertEqual(2, wrong.returncode)
        self.assertIn("expected one, or neither", wrong.stderr)

    def test_each_difference_is_named_on_both_nodes_and_no_value(self):
        lab = self.pair(HERE, THERE, media=("mcast", "ucast", "serial"))
        done = lab.srv1.hbctl("diff", check=False)
        self.assertEqual(10, done.returncode, done.stderr)
        self.assertEqual(["resource www of group web: differs", "group mail: only on srv2", "resource post: only on srv2"], done.stdout.splitlines()[:3])
        self.assertIn("The nodes do not agree", done.stdout)
        self.assertNotIn("delay", done.stdout)
        done = lab.srv2.hbctl("diff", check=False)
        self.assertEqual({"resource www of group web: differs", "group mail: only here", "resource post of group mail: only here"}, set(done.stdout.splitlines()[:3]))

    def test_over_a_serial_line_no_heartbeat_is_late(self):
        lab = self.pair(HERE, THERE, media=("serial",))
        before = {host.name: (len(host.log()), host.status()["frames_refused"]) for host in lab.hosts}
        began = time.monotonic()
        done = lab.srv1.hbctl("diff", check=False)
        self.assertEqual(10, done.returncode, done.stderr)
        self.assertIn("resource www of group web: differs\n", done.stdout)
        self.assertIn("group mail: only on srv2\n", done.stdout)
        self.assertLess(time.monotonic() - began, 25)
        for host in lab.hosts:
            log, refused = before[host.name]
            self.assertNotRegex(host.log()[log:], r"\[1\d\d\]", "no word of a late or silent node")
            self.assertEqual(refused, host.status()["frames_refused"], "every frame was one of hbd's")
            self.assertEqual(0, host.status()["links"][0]["sends_dropped"], "the line had room for each heartbeat")

    def test_the_clock_s_error_is_small_and_holds_the_truth(self):
        lab = self.started(media=("mcast",))
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(5)
            asked.connect(lab.srv1.run_dir + "/control")
            lines = asked.makefile("rw")

            def ask(command):
                lines.write(json.dumps({"command": command}) + "\n")
                lines.flush()
                return json.loads(lines.readline())

            self.assertEqual("asking", ask("clock")["state"])
            found = self.happens(lambda: (lambda d: d if d["state"] != "asking" else None)(ask("comparison")), 5, "it is answered")
        self.assertEqual("done", found["state"])
        self.assertLessEqual(abs(found["clock_offset_ms"]), found["clock_error_ms"], "both hosts have the same clock")
        self.assertLess(found["clock_error_ms"], 50)

    def test_a_question_counts_once_and_none_is_asked_unbidden(self):
        lab = self.started(media=("ucast",))
        listener = Listener(lab, lab.client, "w2", parse_heartbeat())
        asked = lambda kind: [data for _, (_, data) in list(listener.seen) if data[:4] == b"hD\x01" + bytes([kind])]  # noqa: E731
        self.happens(lambda: len(listener.seen) > 20, 5, "heartbeats are heard")
        self.assertEqual([], asked(1) + asked(2), "nobody has asked")
        self.assertEqual(0, lab.srv1.hbctl("diff").returncode)
        self.happens(lambda: asked(1) and asked(2), 5, "a question and an answer")
        questions, answers = asked(1), len(asked(2))
        replayed = lab.srv2.status()["frames_refused"]["replayed"]
        send_udp(lab.srv1.namespace, questions * 5, lab.srv2.address(1), source=lab.srv1.address(1))
        self.happens(lambda: lab.srv2.status()["frames_refused"]["replayed"] == replayed + 5 * len(questions), 5, "each is refused")
        self.assertEqual(answers, len(asked(2)), "and none is answered")

    def test_a_thousand_resources_are_compared_in_a_moment(self):
        groups = "".join('[[group]]\nname = "g%d"\nnode = "srv1"\nresources = [%s]\n' % (g, ", ".join(
            '{ name = "r%d-%d", agent = "Delay", params = { startdelay = "0" } }' % (g, r) for r in range(10))) for g in range(100))
        lab = self.pair(groups, groups.replace('"r41-7", agent = "Delay", params = { startdelay = "0" }', '"r41-7", agent = "Delay"'), media=("ucast",), deadtime="2s")
        began = time.monotonic()
        done = lab.srv1.hbctl("diff", check=False)
        took = time.monotonic() - began
        self.assertEqual(["resource r41-7 of group g41: differs"], done.stdout.splitlines()[:1], done.stderr)
        self.assertLess(took, 5)
        for host in lab.hosts:
            self.assertEqual("active", host.status()["peer"]["state"])
            self.assertNotIn("[103]", host.log(), "no heartbeat was late")

    def test_a_peer_that_is_away_is_said_plainly(self):
        lab = self.started(media=("mcast",))
        lab.srv2.die()
        self.happens(lambda: lab.srv1.status()["peer"]["state"] == "dead", 5, "it is dead")
        done = lab.srv1.hbctl("diff", check=False)
        self.assertEqual((1, "srv2 is not heard on any link\n"), (done.returncode, done.stderr))
