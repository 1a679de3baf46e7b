"""What every part of the test machines starts from."""
import subprocess

NODES = ("srv1", "srv2")
PREFIX = "10.83"


class BedError(Exception):
    """The machinery itself failed: no machine, no answer, no such link."""


def run(*command, check=True, **more):
    """Runs a program on this host and returns what it said."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if check and done.returncode:
        raise BedError("%s: %s" % (" ".join(map(str, command)), done.stdout.strip()))
    return done.stdout


def peer_of(node):
    return NODES[1 - NODES.index(node)]
