"""The null modem between the machines' ttyS0."""
import collections
import contextlib
import select
import socket
import threading
import time

from .basics import NODES, peer_of


class Cable(threading.Thread):
    """
    Bytes written by one machine's ttyS0 arrive at the other's. What a machine does not take within MAX_AGE (it is off, or
    hangs) is lost, as in a UART, whose FIFO holds 16 bytes.
    """
    MAX_AGE = 0.3

    def __init__(self, paths):
        super().__init__(daemon=True)
        self.paths = paths                             # node -> socket of its QEMU
        self.cut = False
        self.over = False
        self.passed = dict.fromkeys(NODES, 0)          # bytes that arrived, by their sender
        self.socket = dict.fromkeys(NODES)
        self.queue = {node: collections.deque() for node in NODES}    # towards that node: (time, bytes)

    def run(self):
        while not self.over:
            for node in NODES:
                if self.socket[node] is None:
                    self.connect(node)
            live = {end: node for node, end in self.socket.items() if end}
            if not live:
                time.sleep(0.1)
                continue
            readable, writable, _ = select.select(list(live), [end for end, node in live.items() if self.queue[node]], [], 0.1)
            for end in readable:
                self.take(live[end], end)
            for end in writable:
                if self.socket[live[end]] is end:
                    self.give(live[end], end)
            for node in NODES:
                self.expire(node)
        for node in NODES:
            self.drop(node)

    def connect(self, node):
        end = socket.socket(socket.AF_UNIX)
        try:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)   # the smallest there is: little piles up for a machine that hangs
            end.connect(self.paths[node])
            end.setblocking(False)
            self.socket[node] = end
        except OSError:
            end.close()

    def drop(self, node):
        if self.socket[node]:
            self.socket[node].close()
        self.socket[node] = None

    def take(self, node, end):
        data = b""
        try:
            data = end.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            pass
        if not data:
            self.drop(node)
        elif not self.cut:
            queue, now = self.queue[peer_of(node)], time.monotonic()
            if queue and now - queue[-1][0] < 0.01:    # the sender's bytes come one by one
                queue[-1] = (queue[-1][0], queue[-1][1] + data)
            else:
                queue.append((now, data))

    def give(self, node, end):
        queue = self.queue[node]
        while queue:
            at, data = queue[0]
            try:
                count = end.send(data)
            except BlockingIOError:
                return
            except OSError:
                self.drop(node)
                return
            self.passed[peer_of(node)] += count
            if count < len(data):
                queue[0] = (at, data[count:])
                return
            queue.popleft()

    def expire(self, node):
        queue, old = self.queue[node], time.monotonic() - self.MAX_AGE
        with contextlib.suppress(IndexError):
            while queue[0][0] < old:
                queue.popleft()
