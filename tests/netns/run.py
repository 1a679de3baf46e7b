#!/usr/bin/env python3
"""Runs the tests with the real binary, one line each, and writes who passed, failed and was skipped to --report."""
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


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hbd", default="artifacts/bin/hbd", help="the binary")
    parser.add_argument("--report", help="JSON file for the counts")
    parser.add_argument("--only", help="only tests with this word in their name")
    options = parser.parse_args()
    lab.end_on_signals()

    import case
    case.PROGRAM = [os.path.abspath(options.hbd)]
    case.REASON_TO_SKIP = lab.can_make_namespaces()
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite()
    for file in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        suite.addTests(loader.loadTestsFromModule(importlib.import_module(os.path.basename(file)[:-3])))
    chosen = unittest.TestSuite(t for t in tests_of(suite) if not options.only or options.only in t.id())
    result = OneLine()
    try:
        chosen.run(result)
    finally:
        if options.report:
            with open(options.report, "w") as file:
                json.dump(result.report, file, indent=1)
    print("%d passed, %d failed, %d skipped" % tuple(len(result.report[k]) for k in ("passed", "failed", "skipped")))
    return 1 if result.report["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
