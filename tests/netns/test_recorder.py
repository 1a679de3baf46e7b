"""What the flight recorder says after a night: log, replay, explain, and status that is pushed."""
import contextlib
import json
import os
import shutil
import subprocess

from case import HbdTest

UDP = ("mcast", "ucast")
SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "doc", "status.schema.json")


def differences(schema, value, path="status"):
    """Where a value is not what the schema says; only what that schema uses."""
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    kind = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object", type(None): "null"}[type(value)]
    if types and kind not in types and not (kind == "integer" and "number" in types):
        yield "%s is %s, expected %s" % (path, kind, "/".join(types))
    if kind == "object":
        known = schema.get("properties", {})
        yield from ("%s has no %s" % (path, name) for name in schema.get("required", []) if name not in value)
        for name, inner in value.items():
            inner_schema = known.get(name, schema.get("additionalProperties"))
            if inner_schema is None:
                yield "%s.%s is not documented" % (path, name)
            elif isinstance(inner_schema, dict):
                yield from differences(inner_schema, inner, path + "." + name)
    if kind == "array":
        for i, inner in enumerate(value):
            yield from differences(schema.get("items", {}), inner, "%s[%d]" % (path, i))


class Recorder(HbdTest):
    def recorded(self, host, *arguments, check=True):
        return host.hbctl(*arguments, "--state-dir", host.state_dir, check=check)

    def test_both_sides_of_a_failover_are_recorded_and_replay_the_same(self):
        lab = self.started(media=UDP)
        generation = lab.srv1.status()["generation"]
        self.happens(lambda: sum(link["frames_received"] for link in lab.srv1.status()["links"]) > 20, 5, "a life worth a replay")
        lab.srv1.die()
        self.one_owner(lab, lab.srv2)
        survivor = self.recorded(lab.srv2, "log").stdout
        self.assertRegex(survivor, r"critical \[105\] node srv1 is dead.*\(from #\d+\)")
        self.assertIn("start of", survivor)
        self.assertRegex(survivor, r"\[202\] group .*: running here, epoch 2")
        dead = self.recorded(lab.srv1, "log").stdout
        self.assertRegex(dead, r"\[202\] group .*: running here, epoch 1")
        for host in lab.hosts:
            replayed = self.recorded(host, "replay")
            self.assertRegex(replayed.stdout, r"%s, generation \d+: [1-9]\d+ events, [1-9]\d+ decisions .* all the same" % host.name)
        lab.srv1.clean()
        lab.plug_all(lab.srv1)
        lab.srv1.start()
        lab.settled()
        lives = [json.loads(line) for line in self.recorded(lab.srv1, "log", "--json").stdout.splitlines()]
        self.assertEqual(2, len({entry["generation"] for entry in lives}), "the life before is still there")
        self.assertIn(generation, {entry["generation"] for entry in lives})

    def test_two_recordings_make_one_timeline(self):
        lab = self.started(media=UDP)
        lab.srv1.hbctl("standby")
        self.one_owner(lab, lab.srv2)
        for host in lab.hosts:
            host.hbctl("stop")
            host.process.wait(10)
        other = os.path.join(lab.dir, "copy")
        shutil.copy(os.path.join(lab.srv2.state_dir, "recorder"), other)
        lines = [json.loads(line) for line in self.recorded(lab.srv1, "log", "--json", "--merge", other).stdout.splitlines()]
        self.assertEqual({"srv1", "srv2"}, {line["node"] for line in lines})
        self.assertEqual(sorted(line["wall_ns"] for line in lines), [line["wall_ns"] for line in lines])
        order = [(line["node"], line["message"]) for line in lines if line["message"] in (206, 207, 204)]
        self.assertLess(order.index(("srv1", 206)), order.index(("srv2", 207)), "given before it is received: " + repr([(l["node"], l["message"], l["wall_ns"], l["entry"], l.get("cause")) for l in lines if l["message"] in (204, 206, 207)]))
        replayed = self.recorded(lab.srv1, "replay", other)
        self.assertRegex(replayed.stdout, r"srv2, .* all the same")

    def test_the_other_node_s_recording_comes_through_one_pipe(self):
        lab = self.started(media=UDP)
        lab.srv1.hbctl("standby")
        self.one_owner(lab, lab.srv2)
        here, there = (host.enter(*lab.program, "ctl", "--run-dir", host.run_dir, "log", "--state-dir", host.state_dir) for host in lab.hosts)
        copy = subprocess.Popen([*there, "--copy"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        done = subprocess.run([*here, "--json", "--merge", "-"], stdin=copy.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
        copy.stdout.close()
        self.assertEqual((0, "", 0), (done.returncode, done.stderr, copy.wait(10)))
        order = [(line["node"], line["message"]) for line in map(json.loads, done.stdout.splitlines()) if line["message"] in (206, 207)]
        self.assertLess(order.index(("srv1", 206)), order.index(("srv2", 207)), "given before it is received: " + repr(order))
        # The daemons run: what is not on the disk yet is in the copy too.
        path = os.path.join(lab.dir, "copied")
        with open(path, "wb") as file:
            subprocess.run([*there, "--copy"], stdin=subprocess.DEVNULL, stdout=file, check=True, timeout=10)
        shutil.copy(os.path.join(lab.srv2.state_dir, "recorder"), path + ".ring")
        copied, ring = (len(lab.srv1.hbctl("log", "--all", "--file", name).stdout.splitlines()) for name in (path, path + ".ring"))
        self.assertGreaterEqual(copied, ring)
        self.assertIn("all the same", lab.srv1.hbctl("replay", path).stdout)
        wrong = lab.srv1.hbctl("log", "--copy", "--merge", path, check=False)
        self.assertEqual(2, wrong.returncode)
        with open(lab.srv1.config) as nonsense:
            refused = subprocess.run([*here, "--merge", "-"], stdin=nonsense, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=10)
        self.assertEqual((1, "standard input is no recording of hbd.\n"), (refused.returncode, refused.stderr))

    def test_explain_answers_and_refuses(self):
        lab = self.started(media=UDP)
        group = lab.srv1.group()["name"]
        self.assertIn("not on srv2:", self.recorded(lab.srv1, "explain", group).stdout)
        self.assertIn("why:      both nodes hear each other", self.recorded(lab.srv1, "explain", "srv2").stdout)
        self.assertIn("means:", self.recorded(lab.srv1, "explain", "105").stdout)
        log = [json.loads(line) for line in self.recorded(lab.srv1, "log", "--json").stdout.splitlines()]
        caused = next(entry for entry in log if entry.get("cause") is not None)
        self.assertIn("because of", self.recorded(lab.srv1, "explain", "#%d" % caused["entry"]).stdout)
        self.assertEqual(2, self.recorded(lab.srv1, "explain", "nonsense", check=False).returncode)
        self.assertEqual(2, self.recorded(lab.srv1, "log", "--since", "yesterday evening", check=False).returncode)

    def test_a_file_that_is_no_recording_is_refused(self):
        lab = self.lab(media=UDP)
        done = lab.srv1.hbctl("replay", lab.srv1.config, check=False)
        self.assertEqual(1, done.returncode)
        self.assertIn("is no recording", done.stderr)

    def test_status_is_pushed_and_is_what_its_schema_says(self):
        lab = self.started(media=UDP)
        with open(SCHEMA) as file:
            schema = json.load(file)
        argv = [*lab.program, "ctl", "--run-dir", lab.srv2.run_dir, "status", "--watch", "--json"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as watch:
            self.addCleanup(lambda: watch.poll() is None and watch.kill())
            first = json.loads(watch.stdout.readline())
            self.assertEqual([], list(differences(schema, first)))
            self.assertEqual("srv1", first["groups"][0]["owner"])
            lab.srv1.hbctl("standby")
            document = first
            while document["groups"][0]["state"] != "running" or document["groups"][0]["owner"] != "srv2":
                line = watch.stdout.readline()
                self.assertTrue(line, "the daemon pushes every change")
                document = json.loads(line)
            with contextlib.suppress(OSError):
                watch.kill()
