"""How the runners show a test: one line when it ends."""
import time
import traceback
import unittest


class OneLine(unittest.TestResult):
    """A line when a test ends; the story of a failure right below it."""

    def __init__(self):
        super().__init__()
        self.report = {"passed": [], "failed": [], "skipped": []}
        self.began = 0.0

    @staticmethod
    def name(test):
        return test.id().split(".", 1)[-1] if hasattr(test, "id") else str(test)

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def tell(self, word, test, text=""):
        print("%-7s %5.1f s  %s%s" % (word, time.monotonic() - self.began, self.name(test), text), flush=True)

    def addSuccess(self, test):
        self.report["passed"].append(self.name(test))
        self.tell("ok", test)

    def addSkip(self, test, reason):
        self.report["skipped"].append("%s: %s" % (self.name(test), reason))
        self.tell("skipped", test, ": " + reason)

    def addFailure(self, test, error):
        text = "".join(traceback.format_exception_only(error[0], error[1])).strip()
        self.report["failed"].append("%s: %s" % (self.name(test), text.splitlines()[0]))
        self.tell("FAILED", test)
        print("".join(traceback.format_exception(*error)), flush=True)

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        """A part that fails is told as a failure; unittest says nothing else of a test that has one."""
        if error:
            self.addFailure(subtest, error)
