#!/usr/bin/env python3
"""A null-modem cable: two pseudo-terminals and a copier between them at the speed of a serial line.

Prints the two device names, then obeys lines on standard input: cut, restore, noise N (random bytes into both ends),
rate BAUD (0: as fast as it goes). Ends when standard input does.
"""
import fcntl
import os
import pty
import random
import select
import sys
import termios
import time
import tty

STEP_S = 0.002


class Direction:
    """Bytes on their way from one end to the other, ten bits each."""

    def __init__(self, source, sink):
        self.source = source
        self.sink = sink
        self.waiting = bytearray()
        self.credit = 0.0

    def read(self, cut):
        try:
            data = os.read(self.source, 4096)
        except OSError:
            return
        if not cut:
            self.waiting += data

    def write(self, bytes_a_second, elapsed):
        if not self.waiting:
            self.credit = 0.0
            return
        if bytes_a_second:
            self.credit = min(self.credit + bytes_a_second * elapsed, 64.0)
            count = int(self.credit)
        else:
            count = len(self.waiting)
        if count:
            try:
                sent = os.write(self.sink, bytes(self.waiting[:count]))
            except OSError:
                sent = count  # nobody has the other end open: a cable without a listener loses what it carries
            self.credit -= sent if bytes_a_second else 0
            del self.waiting[:sent]


def main():
    ends = [pty.openpty() for _ in range(2)]
    for master, slave in ends:
        tty.setraw(slave)
        os.set_blocking(master, False)
    # The slave ends stay open here: a line does not hang up because one host is down.
    print(os.ttyname(ends[0][1]), os.ttyname(ends[1][1]), flush=True)
    ways = [Direction(ends[0][0], ends[1][0]), Direction(ends[1][0], ends[0][0])]
    baud = int(sys.argv[1]) if len(sys.argv) > 1 else 19200
    cut = False
    last = time.monotonic()
    pending = b""
    while True:
        busy = any(way.waiting for way in ways)
        ready, _, _ = select.select([0] + [way.source for way in ways], [], [], STEP_S if busy else None)
        now = time.monotonic()
        if not busy:
            last = now
        for way in ways:
            if way.source in ready:
                way.read(cut)
        if 0 in ready:
            data = os.read(0, 4096)
            if not data:
                return
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                words = line.decode().split()
                if words[0] in ("cut", "restore"):
                    cut = words[0] == "cut"
                    for way in ways:
                        way.waiting.clear()
                    for _, slave in ends:
                        # A daemon that was killed closed its line, which on real hardware ends its exclusive use.
                        fcntl.ioctl(slave, termios.TIOCNXCL)
                elif words[0] == "noise":
                    for way in ways:
                        way.waiting += random.randbytes(int(words[1]))
                elif words[0] == "rate":
                    baud = int(words[1])
        for way in ways:
            way.write(baud / 10, now - last)
        last = now


if __name__ == "__main__":
    main()
