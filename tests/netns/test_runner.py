"""The runner itself: whatever becomes of a worker, no test is missing in the report. Needs no lab."""
import contextlib
import io
import threading
import unittest

from workers import Workers

# Says of the first test that it has passed, and wants to hear of no more.
DEAF = """
import os, sys, time
name = sys.stdin.readline().strip()
os.close(0)
print('=done= {"passed": ["%s"]}' % name, flush=True)
time.sleep(0.5)
"""
DEAD = "raise SystemExit(3)"
BABBLES = "import sys; sys.stdin.readline(); print('=done= nonsense', flush=True)"


class Some(unittest.TestCase):
    def one(self):
        """Never run here."""

    two = three = one


class Runner(unittest.TestCase):
    def report_of(self, code):
        workers = Workers(["-c", code], 2)
        with contextlib.redirect_stdout(io.StringIO()):
            thread = threading.Thread(target=workers.run, args=([Some(n) for n in ("one", "two", "three")],), daemon=True)
            thread.start()
            thread.join(10)
        self.assertFalse(thread.is_alive(), "the runner waits for ever")
        return {key: len(lines) for key, lines in workers.report.items()}

    def test_a_worker_that_does_not_listen_any_more_fails_the_tests_it_had_to_run(self):
        report = self.report_of(DEAF)
        self.assertEqual(3, report["passed"] + report["failed"])
        self.assertGreater(report["failed"], 0)

    def test_a_worker_that_dies_or_says_nonsense_fails_its_tests(self):
        self.assertEqual({"passed": 0, "failed": 3, "skipped": 0}, self.report_of(DEAD))
        self.assertEqual({"passed": 0, "failed": 3, "skipped": 0}, self.report_of(BABBLES))
