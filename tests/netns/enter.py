#!/usr/bin/env python3
"""Becomes a program inside a lab host: network, mount and UTS namespace first, then exec.

The process id stays the same, so whoever started this knows the program by it. With --stamp the wall clock in
nanoseconds at exec is written to a file.
"""
import argparse
import ctypes
import os
import sys
import time

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWNET = 0x40000000
MS_REC_PRIVATE = 0x4000 | 0x40000
MS_BIND = 0x1000
LIBC = ctypes.CDLL(None, use_errno=True)


def check(code, what):
    if code != 0:
        raise OSError(ctypes.get_errno(), what + ": " + os.strerror(ctypes.get_errno()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--net", required=True, help="name of the network namespace")
    parser.add_argument("--host", help="host name in a UTS namespace of its own")
    parser.add_argument("--bind", nargs=2, metavar=("FROM", "TO"), help="show one directory in the place of another")
    parser.add_argument("--tmpfs", action="append", default=[], metavar="DIR", help="an empty file system in memory in the place of this directory")
    parser.add_argument("--stamp", help="file that gets the time of the exec")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command

    with open("/run/netns/" + options.net) as handle:
        check(LIBC.setns(handle.fileno(), CLONE_NEWNET), "setns " + options.net)
    check(LIBC.unshare(CLONE_NEWNS | CLONE_NEWUTS), "unshare")
    check(LIBC.mount(b"none", b"/", None, MS_REC_PRIVATE, None), "mount private")
    # /sys shows the interfaces of the namespace it was mounted from; not allowed everywhere, and then not needed.
    LIBC.mount(b"sysfs", b"/sys", b"sysfs", 0, None)
    if options.bind:
        check(LIBC.mount(options.bind[0].encode(), options.bind[1].encode(), None, MS_BIND, None), "bind mount")
    for directory in options.tmpfs:
        check(LIBC.mount(b"tmpfs", directory.encode(), b"tmpfs", 0, None), "mount " + directory)
    if options.host:
        check(LIBC.sethostname(options.host.encode(), len(options.host)), "sethostname")
    if options.stamp:
        with open(options.stamp, "w") as stamp:
            stamp.write(str(time.time_ns()))
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
