"""What was typed and what came back, as a page of the documentation."""
import re

HEAD = """# The first pair: from the package to a takeover

This transcript is taken from the e2e run (`make e2e TRANSCRIPT=doc/first-pair.md`): two virtual machines with Debian 12, called srv1
and srv2, and a client on their network that asks for the address all the time. The machines are emulated without help by the processor, so the times
are those of slow machines.
"""
# Said while it works, of use only on a terminal.
PROGRESS = re.compile(r"^(\(Reading database .*|Reading package lists.*|Building dependency tree.*|Reading state information.*|"
                      r"debconf: delaying.*|WARNING: apt does not.*|\s*)$")


class Transcript:
    def __init__(self, pair):
        self.pair = pair
        self.parts = [HEAD]
        self.block = []

    def say(self, text):
        self.end_block()
        self.parts.append(text + "\n")

    def typed(self, node, command, seconds=60, code=0):
        """Runs it and shows it."""
        said = self.pair.run(node, command, seconds, code)
        self.show("root@%s:~# %s" % (node, command), said)
        return said

    def show(self, *texts):
        for text in texts:
            lines = (line.rsplit("\r", 1)[-1].rstrip() for line in text.replace("\r\n", "\n").splitlines())
            self.block += [line for line in lines if not PROGRESS.match(line)]

    def end_block(self):
        if self.block:
            self.parts.append("```\n" + "\n".join(self.block) + "\n```\n")
        self.block = []

    def page(self):
        self.end_block()
        return "\n".join(self.parts)
