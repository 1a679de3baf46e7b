"""The power controller that both machines can ask: what a real site's IPMI or power strip is."""
import ctypes
import os
import socket
import threading
import time

from .basics import BedError, NODES

PORT = 7623
CLONE_NEWNET = 0x40000000


class PowerController(threading.Thread):
    """
    One line each way on TCP: status, on, off, cycle or reset NODE; list. "OK NODE on|off" comes when the machine has really gone
    or started. `mode` makes it misbehave: fail, hang, or lie (says OK to off, cycle and reset, and does nothing).
    """

    def __init__(self, namespace, machines):
        super().__init__(daemon=True)
        self.namespace = namespace
        self.machines = machines
        self.mode = "ok"
        self.asked = []                                # (time, request, answer)
        self.server = None
        self.ready = threading.Event()
        self.released = threading.Event()

    def run(self):
        # Only this thread enters the router's network, and with it the threads that it starts.
        with open("/run/netns/" + self.namespace) as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
                raise BedError("setns: " + os.strerror(ctypes.get_errno()))
        self.server = socket.create_server(("", PORT))
        self.ready.set()
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        self.released.set()
        if self.server:
            self.server.shutdown(socket.SHUT_RDWR)
            self.server.close()

    def behave(self, mode):
        self.mode = mode
        if mode != "hang":
            self.released.set()
            self.released = threading.Event()

    def serve(self, connection):
        with connection:
            connection.settimeout(60)
            with connection.makefile("rw") as lines:
                try:
                    for line in lines:
                        answer = self.answer(line.split())
                        self.asked.append((time.time(), line.strip(), answer))
                        lines.write(answer + "\n")
                        lines.flush()
                except OSError:
                    pass                               # whoever asked has gone

    def answer(self, words):
        if self.mode == "hang":
            self.asked.append((time.time(), " ".join(words), "(hangs)"))
            self.released.wait()
            return "ERR was stuck"
        if self.mode == "fail":
            return "ERR power controller fault"
        if words == ["list"]:
            return "OK " + " ".join("%s=%s" % (node, self.state(node)) for node in NODES)
        if len(words) != 2 or words[1] not in NODES or words[0] not in ("status", "on", "off", "cycle", "reset"):
            return "ERR usage: status|on|off|cycle|reset NODE, list"
        verb, node = words
        if self.mode == "lie" and verb in ("off", "cycle", "reset"):
            return "OK %s %s" % (node, "off" if verb == "off" else "on")
        try:
            if verb in ("off", "cycle", "reset"):
                self.machines[node].power_off()
            if verb in ("on", "cycle", "reset"):
                self.machines[node].power_on()
        except BedError as error:
            return "ERR " + str(error).replace("\n", " ")
        return "OK %s %s" % (node, self.state(node))

    def state(self, node):
        return "on" if self.machines[node].pid() else "off"
