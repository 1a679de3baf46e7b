#!/usr/bin/env python3
"""Runs the tests with the real binary, some at a time, one line each, and writes who passed, failed and was skipped to --report."""
import argparse
import glob
import importlib
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import lab  # noqa: E402
from run_lines import OneLine  # noqa: E402
from workers import Workers, named, work  # noqa: E402

JOBS_MAX = 4


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


def found(loader):
    """Every test once, in the file that defines it; a class that another file imports is not that one's."""
    for file in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        module = importlib.import_module(os.path.basename(file)[:-3])
        yield from (t for t in tests_of(loader.loadTestsFromModule(module)) if type(t).__module__ == module.__name__)


def run(tests, jobs, options):
    """The report."""
    if jobs > 1:
        workers = Workers([os.path.abspath(__file__), "--hbd", options.hbd, "--worker"], jobs)
        try:
            workers.run(tests)
        finally:
            write(options.report, workers.report)
        return workers.report
    result = OneLine()
    try:
        unittest.TestSuite(tests).run(result)
    finally:
        write(options.report, result.report)
    return result.report


def write(path, report):
    if path:
        with open(path, "w") as file:
            json.dump(report, file, indent=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hbd", default="artifacts/bin/hbd", help="the binary")
    parser.add_argument("--report", help="JSON file for the counts")
    parser.add_argument("--only", help="only tests with this word in their name")
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, JOBS_MAX), help="so many tests at a time (default: one for each processor)")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    lab.end_on_signals()

    import case
    case.PROGRAM = [os.path.abspath(options.hbd)]
    case.REASON_TO_SKIP = lab.can_make_namespaces()
    loader = unittest.defaultTestLoader
    if options.worker:
        work(named(loader))
        return 0
    tests = [t for t in found(loader) if not options.only or options.only in t.id()]
    if not tests:
        parser.error("no test has %r in its name" % options.only)
    report = run(tests, min(options.jobs, len(tests)), options)
    print("%d passed, %d failed, %d skipped" % tuple(len(report[k]) for k in ("passed", "failed", "skipped")))
    return 1 if report["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
