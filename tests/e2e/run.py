#!/usr/bin/env python3
"""
Runs the tests with two virtual machines, one line each, and closes with "N passed, N failed, N skipped". The package under test
is the one in artifacts/packages (make deb).
"""
import argparse
import glob
import importlib
import json
import os
import signal
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "netns")]
import case  # noqa: E402
import pair  # noqa: E402
from run_lines import OneLine  # noqa: E402
from testbed import bed  # noqa: E402


class Lines(OneLine):
    """Adds what both nodes say when a test fails. A test that is expected to fail says why; one that was and passes is a failure."""

    def addFailure(self, test, error):
        super().addFailure(test, error)
        if getattr(test, "pair", None):
            print(test.pair.account(), flush=True)

    addError = addFailure

    def addExpectedFailure(self, test, error):
        self.addSkip(test, "known: %s" % str(error[1]).splitlines()[0])

    def addUnexpectedSuccess(self, test):
        self.report["failed"].append(self.name(test) + ": was expected to fail")
        self.tell("FAILED", test, ": was expected to fail")


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


def reason_to_skip():
    if not pair.package():
        return "no package: run make deb"
    reason = bed.reason_to_skip()
    if not reason:
        bed.sweep()
        reason = bed.build_image()
    return reason


def end_on_signals():
    """As Ctrl-C does, the one exception that a test does not catch: the machines are taken down."""
    def end(_number, _frame):
        raise KeyboardInterrupt
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="only tests with this word in their name")
    parser.add_argument("--report", help="JSON file for the counts and what was measured")
    parser.add_argument("--transcript", metavar="FILE", help="write what the first test typed and saw, as a page of the documentation")
    options = parser.parse_args()
    end_on_signals()

    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite()
    for file in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        suite.addTests(loader.loadTestsFromModule(importlib.import_module(os.path.basename(file)[:-3])))
    chosen = [test for test in tests_of(suite) if not options.only or options.only in test.id()]
    if not chosen:
        parser.error("no test has %r in its name" % options.only)
    case.REASON_TO_SKIP = reason_to_skip()
    case.TRANSCRIPT = options.transcript and os.path.abspath(options.transcript)
    result = Lines()
    try:
        unittest.TestSuite(chosen).run(result)
    finally:
        case.close()
        if options.report:
            with open(options.report, "w") as file:
                json.dump(dict(result.report, notes=case.NOTES), file, indent=1)
    for line in result.report["failed"]:
        print("failed: " + line)
    print("%d passed, %d failed, %d skipped" % tuple(len(result.report[k]) for k in ("passed", "failed", "skipped")))
    return 1 if result.report["failed"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
