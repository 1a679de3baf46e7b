"""
Several tests at a time, each worker a process of its own: a lab is named after its process. Tests of one file never run beside each other, nor do those of files whose
classes say the same SHARES: they use the same directory of this machine. What needs the machine for itself comes at the end. A worker gets the name of a test and answers with what the runner would have printed.
"""
import contextlib
import json
import os
import subprocess
import sys
import threading
import unittest

from run_lines import OneLine

DONE = "=done= "


def work(suite_of):
    """The worker: names on its input, until it is closed."""
    for line in sys.stdin:
        result = OneLine()
        suite_of(line.strip()).run(result)
        try:
            print(DONE + json.dumps(result.report), flush=True)
        except BrokenPipeError:
            # The runner was ended, and so was this test, with its lab; nobody wants to hear it, nor Python's own words about that.
            os._exit(1)


def seconds(test):
    """About how long it takes, which decides what is begun first; most are done in two."""
    return getattr(type(test), "SECONDS", 2)


def alone(test):
    return getattr(getattr(test, test._testMethodName), "alone", False)


def lane(test):
    return getattr(type(test), "SHARES", None) or type(test).__module__


class Workers:
    def __init__(self, argv, count):
        self.argv = argv
        self.count = count
        self.report = {"passed": [], "failed": [], "skipped": []}
        self.waiting = []
        self.busy = set()
        self.changed = threading.Condition()

    def run(self, tests):
        self.run_beside([t for t in tests if not alone(t)], self.count)
        self.run_beside([t for t in tests if alone(t)], 1)

    def run_beside(self, tests, count):
        # The longest lanes first: what is begun last is over soon.
        sizes = {}
        for test in tests:
            sizes[lane(test)] = sizes.get(lane(test), 0) + seconds(test)
        self.waiting = sorted(tests, key=lambda t: (-sizes[lane(t)], lane(t)))
        threads = [threading.Thread(target=self.serve, daemon=True) for _ in range(min(count, len(sizes)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def take(self):
        """The next test whose lane is free, or None when all are taken."""
        with self.changed:
            while self.waiting:
                test = next((t for t in self.waiting if lane(t) not in self.busy), None)
                if test:
                    self.waiting.remove(test)
                    self.busy.add(lane(test))
                    return test
                self.changed.wait()
        return None

    def serve(self):
        process = None
        for test in iter(self.take, None):
            if process is None or process.poll() is not None:
                process = subprocess.Popen([sys.executable, *self.argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            try:
                report, said = self.ask(process, test)
            except (OSError, ValueError) as error:
                # It listens no more, or talks nonsense. The test was not run as far as anybody knows, and the next one gets another worker.
                text = "%s: its worker is of no use: %s" % (OneLine.name(test), error)
                report, said = {"failed": [text]}, "FAILED  " + text + "\n"
                process.kill()
                process.wait()
            with self.changed:
                for key, lines in report.items():
                    self.report[key] += lines
                sys.stdout.write(said)
                sys.stdout.flush()
                self.busy.remove(lane(test))
                self.changed.notify_all()
        if process is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
            process.wait()

    @staticmethod
    def ask(process, test):
        said = []
        process.stdin.write(test.id() + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if line.startswith(DONE):
                return json.loads(line[len(DONE):]), "".join(said)
            said.append(line)
        text = "%s: its worker ended with exit code %s" % (OneLine.name(test), process.wait())
        return {"failed": [text]}, "".join(said) + "FAILED  " + text + "\n"


def named(loader):
    """From a test's name to a suite of it alone."""
    return lambda name: unittest.TestSuite(loader.loadTestsFromName(name))
