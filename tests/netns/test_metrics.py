"""Metrics over HTTP and the control socket, judged by the rules of Prometheus; alert programs that work and that do not."""
import json
import os
import re
import socket
import time

from case import HbdTest
from lab import inside

SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.]+(?:E[-+][0-9]+)?)$')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
UNITS = ("milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "kilobytes", "megabytes", "_ms", "_us", "_ns")


def parse(text):
    """The families of a text in format 0.0.4, or AssertionError with the rule that was broken (promtool's and the format's)."""
    assert text.endswith("\n"), "the last line ends with a line feed"
    families, name, seen = {}, None, set()
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, help_text = line[7:].split(" ", 1)
            assert name not in families, "one HELP each, lines of a family together: " + name
            assert help_text and help_text.endswith("."), "help is a sentence: " + line
            families[name] = {"type": None, "samples": {}}
            continue
        if line.startswith("# TYPE "):
            typed, kind = line[7:].split(" ")
            assert typed == name and families[name]["type"] is None, "one TYPE each, after HELP: " + line
            families[name]["type"] = kind
            assert kind in ("counter", "gauge", "histogram"), line
            assert (kind == "counter") == name.endswith("_total"), "counters end with _total, nothing else does: " + name
            assert not any(word in name for word in UNITS), "base units: " + name
            assert not re.search("gauge|counter|histogram|summary", name), "no type in a name: " + name
            continue
        match = SAMPLE.match(line)
        assert match, "not a sample: " + line
        labels = match[2] or ""
        assert "".join(m[0] for m in LABEL.finditer(labels)) == labels, "labels: " + line
        family = re.sub("_(bucket|sum|count)$", "", match[1]) if families[name]["type"] == "histogram" else match[1]
        assert family == name, "samples stand under their family: " + line
        assert (match[1], labels) not in seen, "no sample twice: " + line
        seen.add((match[1], labels))
        families[name]["samples"][match[1][len(name):], labels] = float(match[3])
    for name, family in families.items():
        if family["type"] == "histogram":
            check_histogram(name, family["samples"])
    return families


def check_histogram(name, samples):
    rows = {}
    for (suffix, labels), value in samples.items():
        row = rows.setdefault(re.sub(r',?le="[^"]*"$', "", labels), {"buckets": []})
        if suffix == "_bucket":
            row["buckets"].append((float(re.search(r'le="([^"]*)"$', labels)[1]), value))
        else:
            row[suffix] = value
    for labels, row in rows.items():
        assert row["buckets"] == sorted(row["buckets"]) and row["buckets"][-1][0] == float("inf"), name + labels
        counts = [count for _, count in row["buckets"]]
        assert counts == sorted(counts) and counts[-1] == row["_count"] and row["_sum"] >= 0, name + labels


def http(connect, request=b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n"):
    with connect() as client:
        client.settimeout(5)
        client.sendall(request)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body.decode()


class Metrics(HbdTest):
    def value(self, families, name, **labels):
        found = [v for (_, text), v in families[name]["samples"].items() if all('%s="%s"' % pair in text for pair in labels.items())]
        self.assertEqual(1, len(found), "%s %s" % (name, labels))
        return found[0]

    def test_a_pair_is_described_by_the_rules_of_prometheus(self):
        lab = self.started(media=("mcast", "ucast"), more='[metrics]\nlisten = "127.0.0.1:9694"\n')

        def connect():
            with inside(lab.srv1.namespace):
                client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            client.connect(("127.0.0.1", 9694))
            return client
        self.happens(lambda: all(link["frames_received"] > 10 for link in lab.srv1.status()["links"]), 5, "frames on every link")
        head, body = http(connect)
        self.assertEqual("HTTP/1.1 200 OK", head[0])
        self.assertIn("Content-Type: text/plain; version=0.0.4; charset=utf-8", head)
        families = parse(body)
        self.assertEqual(1, self.value(families, "hbd_node_state", node="srv2", state="active"))
        self.assertEqual(0, self.value(families, "hbd_node_state", node="srv2", state="dead"))
        self.assertEqual(1, self.value(families, "hbd_group_state", state="running"))
        self.assertEqual(1, self.value(families, "hbd_group_owner", node="srv1"))
        self.assertEqual(1, self.value(families, "hbd_config_matches"))
        self.assertEqual(1, self.value(families, "hbd_fencing_state", state="idle"))
        self.assertAlmostEqual(time.time(), self.value(families, "hbd_start_time_seconds"), delta=60)
        gaps = families["hbd_link_gap_seconds"]["samples"]
        self.assertTrue(all(value >= 3 for (suffix, _), value in gaps.items() if suffix == "_count"), gaps)
        self.assertIn(("_count", 'action="start",class="built_in"'), families["hbd_agent_duration_seconds"]["samples"])
        self.assertEqual(set(families), set(parse(lab.srv1.hbctl("metrics").stdout)), "hbctl metrics prints the same")
        self.assertIn("404", http(connect, b"GET / HTTP/1.1\r\n\r\n")[0][0])
        for _ in range(50):
            http(connect)
        loop = lab.srv1.status()["loop"]
        self.assertEqual(0, loop["allocated_bytes"], "scrapes are no steady turns, and steady turns allocate nothing")

    def test_a_unix_socket_serves_too_and_outside_is_refused(self):
        lab = self.lab(media=("mcast",))
        path = os.path.join(lab.srv1.dir, "metrics")
        lab.write_config(lab.srv1, lab.config() + '[metrics]\nlisten = "%s"\n' % path)
        lab.srv1.start()

        def connect():
            client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            client.connect(path)
            return client
        self.happens(lambda: os.path.exists(path), 5, "the socket is there")
        parse(http(connect)[1])
        lab.write_config(lab.srv2, lab.config() + '[metrics]\nlisten = "10.77.0.12:9694"\n')
        lab.srv2.start()
        self.assertEqual(6, lab.srv2.process.wait(5))
        self.assertIn("expected a loopback address", lab.srv2.log())


class Alerts(HbdTest):
    def script(self, lab, name, text, mode=0o755):
        path = os.path.join(lab.dir, name)
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, mode)
        return path

    def events(self, path):
        try:
            with open(path) as file:
                return [json.loads(line) for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def test_programs_hear_in_order_and_bad_ones_hurt_nobody(self):
        lab = self.lab(media=("mcast",), keepalive="50ms", deadtime="300ms")
        heard = os.path.join(lab.dir, "heard")
        scripts = {
            "good": self.script(lab, "good", "cat >> %s\n" % heard),
            "hangs": self.script(lab, "hangs", "trap '' TERM\nsleep 600\n"),
            "fails": self.script(lab, "fails", "echo no way out >&2\nexit 1\n"),
            "plain": self.script(lab, "plain", "exit 0\n", 0o644),
            "missing": os.path.join(lab.dir, "missing"),
        }
        lab.more = "".join('[[alert]]\nprogram = "%s"\ntimeout = "300ms"\nqueue = %d\n' % (path, 2 if name == "hangs" else 100)
                           for name, path in scripts.items())
        for host in lab.hosts:
            lab.write_config(host, lab.config() if host is lab.srv1 else lab.config().split("[[alert]]")[0])
        lab.start()
        lab.srv2.die()
        self.happens(lambda: any(e["message"] == 105 for e in self.events(heard)), 5, "the death is told")
        self.happens(lambda: "ended with code 1: no way out" in lab.srv1.log(), 5, "exit 1 is said")
        self.happens(lambda: "is not executable" in lab.srv1.log(), 5, "not executable is said")
        self.happens(lambda: "missing: No such file" in lab.srv1.log(), 5, "missing is said")
        self.happens(lambda: "did not finish within 300ms; it was ended" in lab.srv1.log(), 5, "a program that hangs is ended")
        self.assertEqual(1, lab.srv1.log().count("ended with code 1: no way out"), "the same cause is said once a minute")
        self.happens(lambda: "events were dropped, the oldest first" in lab.srv1.log(), 15, "losses are said")
        events = self.events(heard)
        self.assertEqual([int(e["id"].rsplit("-", 1)[1]) for e in events], sorted(int(e["id"].rsplit("-", 1)[1]) for e in events))
        dead = next(e for e in events if e["message"] == 105)
        self.assertEqual(("srv1", "srv2", "node", "critical", "lab"), tuple(dead[k] for k in ("node", "peer", "event", "severity", "cluster")))
        self.assertIn("srv2 is dead", dead["text"])
        self.assertTrue(any(e["event"] == "group" and e["group"] for e in events), events)
        self.assertFalse(any(e["message"] in (760, 761) for e in events), "alerts are not told of alerts")
        self.assertEqual(0, lab.srv1.status()["loop"]["allocated_bytes"])
        families = parse(lab.srv1.hbctl("metrics").stdout)
        counts = {labels: value for (_, labels), value in families["hbd_alerts_total"]["samples"].items()}
        self.assertGreater(counts['alert="2:hangs",outcome="lost"'], 0)
        self.assertGreater(counts['alert="2:hangs",outcome="timed_out"'], 0)
        self.assertGreater(counts['alert="3:fails",outcome="failed"'], 0)
        self.assertGreater(counts['alert="1:good",outcome="done"'], 3)
        self.assertEqual(0, counts['alert="1:good",outcome="failed"'])
