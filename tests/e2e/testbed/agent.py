"""The way into a machine: qemu-guest-agent on a virtio port. It needs no network and starts before everything but the root file system."""
import base64
import contextlib
import json
import os
import random
import socket
import threading
import time

from .basics import BedError

ENVIRONMENT = ["HOME=/root", "USER=root", "TERM=dumb", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
               "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]


class Agent:
    """
    Requests take turns. After a timeout the connection is made anew and synchronised, so that a late answer is never taken for
    another's.
    """

    def __init__(self, machine):
        self.machine = machine
        self.lock = threading.Lock()
        self.socket = None
        self.buffer = b""
        self.pid = None

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def line(self, end):
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0:
                raise BedError("%s: the guest agent does not answer" % self.machine.name)
            self.socket.settimeout(left)
            part = b""
            with contextlib.suppress(socket.timeout):
                part = self.socket.recv(1 << 18)
                if not part:
                    raise BedError("%s: the machine is gone" % self.machine.name)
            self.buffer += part
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line

    def open(self, end):
        pid = self.machine.pid()
        if pid is None:
            self.close()
            raise BedError("%s is off" % self.machine.name)
        if self.socket and pid == self.pid:
            return
        self.close()
        self.pid, self.buffer = pid, b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(1)
        self.socket.connect(self.machine.path("agent.sock"))
        mark = random.randrange(1, 1 << 31)
        request = {"execute": "guest-sync-delimited", "arguments": {"id": mark}}
        self.socket.sendall(b"\xff" + json.dumps(request).encode() + b"\n")
        while True:
            with contextlib.suppress(ValueError):
                if json.loads(self.line(end).rpartition(b"\xff")[2]).get("return") == mark:
                    return

    def call(self, command, seconds=10.0, **arguments):
        with self.lock:
            end = time.monotonic() + seconds
            try:
                self.open(end)
                self.socket.settimeout(max(0.1, end - time.monotonic()))
                self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
                answer = json.loads(self.line(end))
            except (OSError, BedError, ValueError) as error:
                self.close()
                raise BedError(str(error) or "%s: %r" % (self.machine.name, error)) from None
        if "error" in answer:
            raise BedError("%s: %s: %s" % (self.machine.name, command, answer["error"].get("desc")))
        return answer["return"]

    def execute(self, command, seconds=60.0, stdin=None):
        """A shell command as root: exit code, and what it said on both outputs together."""
        end = time.monotonic() + seconds
        arguments = {"path": "/bin/bash", "arg": ["-c", "exec 2>&1; cd; " + command], "capture-output": True, "env": ENVIRONMENT}
        if stdin is not None:
            arguments["input-data"] = base64.b64encode(stdin).decode()
        pid = self.call("guest-exec", min(30.0, seconds), **arguments)["pid"]
        nap = 0.01
        while True:
            state = self.call("guest-exec-status", max(2.0, min(30.0, end - time.monotonic())), pid=pid)
            if state["exited"]:
                code = state["exitcode"] if "exitcode" in state else 128 + state.get("signal", 0)
                return code, base64.b64decode(state.get("out-data", "")).decode(errors="replace")
            if time.monotonic() > end:
                raise BedError("%s: still running after %g s: %s" % (self.machine.name, seconds, command))
            time.sleep(nap)
            nap = min(nap * 1.3, 0.1)

    def push(self, source, target):
        """A file into the machine, over the second virtio port: exactly as many bytes as it has."""
        size = os.path.getsize(source)
        result = {}

        def receive():
            try:
                result["code"], result["text"] = self.execute("head -c %d /dev/vport*p2 > '%s'" % (size, target), 120)
            except BedError as error:
                result["code"], result["text"] = 1, str(error)

        with socket.socket(socket.AF_UNIX) as port, open(source, "rb") as file:
            port.connect(self.machine.path("data.sock"))
            port.settimeout(60)
            thread = threading.Thread(target=receive)
            thread.start()
            try:
                while part := file.read(1 << 16):
                    port.sendall(part)
            finally:
                thread.join()
        if result["code"]:
            raise BedError("%s: %s: %s" % (self.machine.name, target, result["text"]))
