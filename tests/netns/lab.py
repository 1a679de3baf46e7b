"""Two hosts, a client and three cables on one machine, for tests, benchmarks and the demo.

                    client (10.77.0.1 on br0)
        +-----------------------------------------+
        |   [c1] br0 [c2]          [w1] br1 [w2]  |
        +----|--------|-------------|--------|----+
           eth0     eth0          eth1     eth1
           srv1     srv2          srv1     srv2
        10.77.0.11 10.77.0.12   10.77.1.1 10.77.1.2      and a pty null-modem between srv1 and srv2

The bridges live in the client's namespace, so that taking c1 down is what pulling a cable is: the host keeps its interface
and loses its carrier. Both hosts see their own directory as LAB/here, so that they can read the same configuration.
Everything is named after the process id of the owner and goes away with it; nothing else on the machine is touched.
"""
import atexit
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SO_TIMESTAMPNS = 35
ETH_P_ALL = 3
ETH_P_ARP = 0x0806
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
VIP = "10.77.0.100"
PORT = 694


class LabError(Exception):
    """The lab itself failed, or something did not happen in time."""


def run(*argv, check=True):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if check and done.returncode != 0:
        raise LabError(" ".join(argv) + ": " + done.stdout.strip())
    return done


@contextlib.contextmanager
def inside(namespace):
    """This thread in a network namespace; sockets made here stay there."""
    with open("/proc/thread-self/ns/net") as before, open("/run/netns/" + namespace) as there:
        if LIBC.setns(there.fileno(), CLONE_NEWNET) != 0:
            raise LabError("setns %s: %s" % (namespace, os.strerror(ctypes.get_errno())))
        try:
            yield
        finally:
            if LIBC.setns(before.fileno(), CLONE_NEWNET) != 0:
                raise LabError("setns back: " + os.strerror(ctypes.get_errno()))


def can_make_namespaces():
    """None, or why there can be no lab here."""
    name = "hbd%dx" % os.getpid()
    made = subprocess.run(["ip", "netns", "add", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode != 0:
        return "no network namespaces (root is needed): " + made.stdout.strip()
    run("ip", "netns", "del", name)
    return None


def enter_user_namespace():
    """Runs this program again as root of a user namespace of its own; returns only if that cannot be."""
    if os.environ.get("HBD_LAB_INSIDE"):
        return
    os.environ["HBD_LAB_INSIDE"] = "1"
    script = "mount -t tmpfs tmpfs /run && exec \"$0\" \"$@\""
    with contextlib.suppress(OSError):
        os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--net", "--mount", "--",
                              "sh", "-c", script, sys.executable] + sys.argv)


def sweep():
    """Namespaces of labs whose owner is gone."""
    listed = run("ip", "netns", "list", check=False).stdout
    for name in re.findall(r"^(hbd(\d+)[abcx])\b", listed, re.M):
        if not os.path.exists("/proc/" + name[1]):
            run("ip", "netns", "del", name[0], check=False)


def wait_for(condition, seconds, what, every=0.01):
    """The first true value of condition(), or LabError naming what did not happen."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LabError("not within %g s: %s" % (seconds, what))
        time.sleep(every)


class Host:
    """One node: a namespace, a directory, and the daemon when it runs."""

    def __init__(self, lab, number):
        self.lab = lab
        self.number = number
        self.name = "srv%d" % number
        self.namespace = lab.prefix + "ab"[number - 1]
        self.dir = os.path.join(lab.dir, self.name)
        self.run_dir = os.path.join(self.dir, "run")
        self.state_dir = os.path.join(self.dir, "state")
        self.process = None
        self.options = []
        self.binds = []
        self.in_memory = []
        self.exec_ns = 0
        os.makedirs(self.run_dir)
        os.makedirs(self.state_dir)

    @property
    def config(self):
        return os.path.join(self.dir, "hbd.toml")

    @property
    def auth_keys(self):
        return os.path.join(self.dir, "authkeys")

    @property
    def log_path(self):
        return os.path.join(self.dir, "log")

    def log(self):
        with contextlib.suppress(OSError):
            with open(self.log_path, errors="replace") as file:
                return file.read()
        return ""

    def enter(self, *command, stamp=None):
        argv = [sys.executable, os.path.join(HERE, "enter.py"), "--net", self.namespace, "--host", self.name,
                "--bind", self.dir, self.lab.here]
        for source, target in self.binds:
            argv += ["--bind", source, target]
        for directory in self.in_memory:
            argv += ["--tmpfs", directory]
        return argv + (["--stamp", stamp] if stamp else []) + ["--"] + list(command)

    def start(self):
        """The real binary, in the foreground, its output in this host's log."""
        stamp = os.path.join(self.dir, "exec")
        with contextlib.suppress(OSError):
            os.remove(stamp)
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                self.enter(*self.lab.program, "run", "--dry-fence", "--config", self.config, "--authkeys", self.auth_keys,
                           "--run-dir", self.run_dir, "--state-dir", self.state_dir, *self.options, stamp=stamp),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_for(lambda: os.path.exists(stamp) and os.path.getsize(stamp), 10, self.name + " executes the daemon", 0.001)
        with open(stamp) as file:
            self.exec_ns = int(file.read())

    def running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.running():
            os.kill(self.process.pid, number)

    def kill(self):
        """SIGKILL: no goodbye, the address stays configured."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def die(self):
        """What the death of the machine looks like from outside: silent on every cable at once."""
        self.signal(signal.SIGSTOP)
        self.lab.pull_all(self)
        self.kill()

    def clean(self):
        """What a reboot does to a host."""
        for address in self.addresses("eth0"):
            if address not in (self.address(0) + "/24",):
                self.ip("addr", "del", address, "dev", "eth0", check=False)
        shutil.rmtree(self.run_dir, ignore_errors=True)
        os.makedirs(self.run_dir, exist_ok=True)

    def hbctl(self, *arguments, check=True, seconds=30):
        argv = [*self.lab.program, "ctl", "--run-dir", self.run_dir, *arguments]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=seconds)
        if check and done.returncode != 0:
            raise LabError("hbctl %s on %s: %s" % (" ".join(arguments), self.name, done.stderr.strip()))
        return done

    def status(self):
        """The status document, or None while nobody answers."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            try:
                client.connect(os.path.join(self.run_dir, "control"))
                client.sendall(b'{"command":"status"}\n')
                with client.makefile("rb") as lines:
                    line = lines.readline()
            except OSError:
                return None
        return json.loads(line) if line.endswith(b"\n") else None

    def group(self, name=None):
        status = self.status()
        groups = status["groups"] if status else []
        return next((g for g in groups if name in (None, g["name"])), None)

    def holds(self, name=None):
        group = self.group(name)
        return group is not None and group["here"] == "running"

    def link(self, word):
        """The link whose name holds this word, or None."""
        status = self.status()
        return next((link for link in status["links"] if word in link["name"]), None) if status else None

    def address(self, network):
        return "10.77.%d.%d" % (network, self.number + (10 if network == 0 else 0))

    def ip(self, *arguments, check=True):
        return run("ip", "-n", self.namespace, *arguments, check=check)

    def addresses(self, interface, family="-4"):
        found = json.loads(run("ip", "-n", self.namespace, "-j", family, "addr", "show", "dev", interface).stdout)
        return ["%s/%d" % (a["local"], a["prefixlen"]) for link in found for a in link.get("addr_info", [])]

    def has_address(self, address=VIP, family="-4"):
        return any(a.startswith(address + "/") for a in self.addresses("eth0", family))

    def mac(self, interface="eth0"):
        return json.loads(run("ip", "-n", self.namespace, "-j", "link", "show", "dev", interface).stdout)[0]["address"]


class NullModem:
    """The serial cable, copied by a process of its own."""

    def __init__(self, baud):
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "nullmodem.py"), str(baud)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.devices = self.process.stdout.readline().split()

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def close(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Lab:
    """Use as a context manager: what it made is gone afterwards, whatever happened."""

    def __init__(self, program, media=("mcast", "ucast", "serial"), keepalive="100ms", deadtime="500ms", warntime=None,
                 initdead="2s", auto_failback=False, groups=None, baud=19200, more="", config=None, probe_min=None):
        self.program = [program] if isinstance(program, str) else list(program)
        self.prefix = "hbd%d" % os.getpid()
        self.client = self.prefix + "c"
        self.media = tuple(media)
        self.baud = baud
        self.settings = dict(keepalive=keepalive, deadtime=deadtime, initdead=initdead,
                             warntime=warntime or halved(deadtime))
        if probe_min:
            self.settings["probe_min"] = probe_min
        self.auto_failback = auto_failback
        self.group_lines = groups if groups is not None else {"srv1": [VIP + "/24/eth0"]}
        self.more = more
        self.config_text = config
        self.closers = []
        self.modem = None
        self.dir = None
        self.hosts = []

    def __enter__(self):
        atexit.register(self.close)
        try:
            self.build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def srv1(self):
        return self.hosts[0]

    @property
    def srv2(self):
        return self.hosts[1]

    def peer(self, host):
        return self.hosts[2 - host.number]

    def build(self):
        sweep()
        self.dir = tempfile.mkdtemp(prefix="hbdlab")
        self.here = os.path.join(self.dir, "here")
        os.mkdir(self.here)
        self.hosts = [Host(self, 1), Host(self, 2)]
        for name in [self.client] + [host.namespace for host in self.hosts]:
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        # The bridges are switches: the packets in them are not this machine's firewall's business, and cost a switch's time, not the sender's.
        run("ip", "netns", "exec", self.client, "sh", "-c", "for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e $f ] || echo 0 > $f; done")
        for bridge in ("br0", "br1"):
            run("ip", "-n", self.client, "link", "add", bridge, "type", "bridge", "mcast_snooping", "0", "forward_delay", "0")
            run("ip", "-n", self.client, "link", "set", bridge, "up")
        run("ip", "-n", self.client, "addr", "add", "10.77.0.1/24", "dev", "br0")
        run("ip", "-n", self.client, "addr", "add", "fd77::1/64", "dev", "br0", "nodad")
        for host in self.hosts:
            for network, port in enumerate("cw"):
                self.cable(host, network, port + str(host.number))
        if "serial" in self.media:
            self.modem = NullModem(self.baud)
            for host, device in zip(self.hosts, self.modem.devices):
                os.symlink(device, os.path.join(host.dir, "ttyS0"))
        for host in self.hosts:
            self.write_config(host)

    def cable(self, host, network, port):
        name = "eth%d" % network
        run("ip", "-n", self.client, "link", "add", port, "type", "veth", "peer", "name", name, "netns", host.namespace)
        run("ip", "-n", self.client, "link", "set", port, "master", "br%d" % network, "up")
        # IPv6 duplicate address detection would hold back everything for a second.
        run("ip", "netns", "exec", host.namespace, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/%s/accept_dad" % name)
        host.ip("addr", "add", host.address(network) + "/24", "dev", name)
        host.ip("link", "set", name, "up")
        if network == 0:
            host.ip("addr", "add", "fd77::%d/64" % (10 + host.number), "dev", name, "nodad")

    def write_config(self, host, text=None, keys=None):
        with open(host.config, "w") as file:
            file.write(text or self.config_text or self.config())
        with open(os.open(host.auth_keys, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(keys or "auth 1\n1 sha256 the-secret-of-this-lab\n")

    def config(self):
        lines = ['cluster = "lab"', 'nodes = ["srv1", "srv2"]']
        lines += ['%s = "%s"' % setting for setting in self.settings.items()]
        lines += ["auto_failback = %s" % str(self.auto_failback).lower()]
        if "mcast" in self.media:
            lines += ["[[mcast]]", 'interface = "eth0"', 'group = "239.192.0.94"', "port = %d" % PORT, "ttl = 1"]
        if "ucast" in self.media:
            lines += ["[[ucast]]", 'interface = "eth1"', "port = %d" % PORT,
                      'peer = { srv1 = "10.77.1.1", srv2 = "10.77.1.2" }']
        if "serial" in self.media:
            lines += ["[[serial]]", 'device = "%s/ttyS0"' % self.here, "baud = %d" % self.baud]
        lines += ["[haresources]"]
        for node, groups in self.group_lines.items():
            lines += ["%s = [%s]" % (node, ", ".join('"%s"' % g for g in groups))]
        return "\n".join(lines) + "\n" + self.more

    # What a hand can do to the cables.

    def port(self, host, network):
        return "cw"[network] + str(host.number)

    def pull(self, host, network):
        run("ip", "-n", self.client, "link", "set", self.port(host, network), "down")

    def plug(self, host, network):
        run("ip", "-n", self.client, "link", "set", self.port(host, network), "up")

    def pull_all(self, host):
        for network in (0, 1):
            self.pull(host, network)
        if self.modem:
            self.modem.tell("cut")

    def plug_all(self, host):
        for network in (0, 1):
            self.plug(host, network)
        if self.modem:
            self.modem.tell("restore")

    def cut(self, medium):
        """One medium between the hosts, by the name of its kind; the client keeps its network."""
        if medium == "serial":
            self.modem.tell("cut")
        elif medium == "ucast":
            for host in self.hosts:
                self.pull(host, 1)
        else:
            # Only between the hosts: the client's side of br0 stays as it is.
            for host in self.hosts:
                run("bridge", "-n", self.client, "link", "set", "dev", self.port(host, 0), "isolated", "on")

    def restore(self, medium):
        if medium == "serial":
            self.modem.tell("restore")
        elif medium == "ucast":
            for host in self.hosts:
                self.plug(host, 1)
        else:
            for host in self.hosts:
                run("bridge", "-n", self.client, "link", "set", "dev", self.port(host, 0), "isolated", "off")

    def deafen(self, host, network):
        """Nothing reaches this host over this network any more; what it says is still heard."""
        port = self.port(host, network)
        run("bridge", "-n", self.client, "link", "set", "dev", port, "learning", "off", "flood", "off", "mcast_flood", "off",
            "bcast_flood", "off")
        run("bridge", "-n", self.client, "fdb", "del", host.mac("eth%d" % network), "dev", port, "master", check=False)

    # The common beginnings.

    def start(self, seconds=15):
        """Both daemons up, every group where it belongs, every link heard."""
        for host in self.hosts:
            host.start()
        self.settled(seconds)

    def settled(self, seconds=15):
        def ready():
            for host in self.hosts:
                if not host.running():
                    raise LabError("hbd on %s ended with %s:\n%s" % (host.name, host.process.poll(), host.log()[-2000:]))
                status = host.status()
                if not status or status["peer"]["state"] not in ("up", "active"):
                    return False
                if any(link["state"] != "up" for link in status["links"]):
                    return False
                if any(group["state"] != "running" for group in status["groups"]):
                    return False
            return True
        wait_for(ready, seconds, "both hosts up, every link heard, every group running", 0.02)

    def owner(self, group=None):
        """The one host that holds the group, None if none does; two is an error."""
        holders = [host for host in self.hosts if host.running() and host.holds(group)]
        if len(holders) > 1:
            raise LabError("two owners of " + str(group))
        return holders[0] if holders else None

    def close(self):
        # A second Ctrl-C must not stop the cleaning up.
        if threading.current_thread() is threading.main_thread():
            before = signal.signal(signal.SIGINT, signal.SIG_IGN)
            try:
                self.take_down()
            finally:
                signal.signal(signal.SIGINT, before)
        else:
            self.take_down()

    def take_down(self):
        atexit.unregister(self.close)
        for closer in reversed(self.closers):
            with contextlib.suppress(Exception):
                closer()
        self.closers.clear()
        for host in self.hosts:
            host.signal(signal.SIGCONT)
            host.kill()
        if self.modem:
            self.modem.close()
            self.modem = None
        for name in [self.client] + [host.namespace for host in self.hosts]:
            for pid in run("ip", "netns", "pids", name, check=False).stdout.split():
                # Children of the daemons: nothing else can be in a namespace that this lab made.
                with contextlib.suppress(OSError, ValueError):
                    os.kill(int(pid), signal.SIGKILL)
            run("ip", "netns", "del", name, check=False)
        if self.dir:
            shutil.rmtree(self.dir, ignore_errors=True)
            self.dir = None


def end_on_signals():
    """SIGTERM and SIGHUP end the program the way Ctrl-C does: through every context manager."""
    def end(number, _frame):
        raise SystemExit(128 + number)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)


def halved(duration):
    value, unit = re.fullmatch(r"([\d.]+)([a-z]+)", duration).groups()
    return "%g%s" % (float(value) / 2, unit) if unit != "s" else "%gms" % (float(value) * 500)


class Listener:
    """A thread that takes packets off one interface and keeps what its parser makes of them, with the kernel's time."""

    def __init__(self, lab, namespace, interface, parse, protocol=ETH_P_ALL):
        with inside(namespace):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
            self.socket.bind((interface, protocol))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.settimeout(0.2)
        self.parse = parse
        self.seen = []
        self.open = True
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()
        lab.closers.append(self.close)

    def loop(self):
        while self.open:
            try:
                data, ancillary, _, _ = self.socket.recvmsg(4096, 128)
            except socket.timeout:
                continue
            except OSError:
                return
            stamp = time.time_ns()
            for level, kind, value in ancillary:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                    seconds, nanoseconds = struct.unpack("qq", value[:16])
                    stamp = seconds * 1_000_000_000 + nanoseconds
            found = self.parse(data)
            if found is not None:
                self.seen.append((stamp, found))

    def since(self, ns):
        return [(stamp, found) for stamp, found in list(self.seen) if stamp >= ns]

    def close(self):
        self.open = False
        self.thread.join()
        self.socket.close()


def parse_arp(data):
    """(operation, sender's MAC, sender's address, target's address) of an ARP packet."""
    if len(data) < 42 or data[12:14] != b"\x08\x06":
        return None
    return (struct.unpack("!H", data[20:22])[0], data[22:28].hex(":"), socket.inet_ntoa(data[28:32]),
            socket.inet_ntoa(data[38:42]))


def gratuitous(found, address=VIP):
    return found[2] == address and found[3] == address


def parse_heartbeat(port=PORT):
    """(sender's address, UDP payload) of everything to the heartbeat port over IPv4."""
    def parse(data):
        if len(data) < 42 or data[12:14] != b"\x08\x00" or data[23] != 17:
            return None
        udp = 14 + (data[14] & 15) * 4
        if struct.unpack("!H", data[udp + 2:udp + 4])[0] != port:
            return None
        length = struct.unpack("!H", data[udp + 4:udp + 6])[0]
        return socket.inet_ntoa(data[26:30]), data[udp + 8:udp + length]
    return parse


def parse_unsolicited_na(data):
    """(MAC of the frame's sender, address announced) of an unsolicited IPv6 neighbour advertisement."""
    if len(data) < 78 or data[12:14] != b"\x86\xdd" or data[20] != 58 or data[54] != 136 or data[58] & 0x40:
        return None
    return data[6:12].hex(":"), socket.inet_ntop(socket.AF_INET6, data[62:78])


class AddressMonitor:
    """When an address came to or went from a host, from the kernel's own notices. Time of reading, not of the kernel."""

    RTM_NEWADDR, RTM_DELADDR = 20, 21

    def __init__(self, lab, host, threaded=True):
        with inside(host.namespace):
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
            self.socket.bind((0, 0x10 | 0x100))  # RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR
        self.socket.settimeout(0.2 if threaded else 0)
        self.seen = []
        self.open = True
        self.thread = threading.Thread(target=self.loop, daemon=True) if threaded else None
        if self.thread:
            self.thread.start()
        lab.closers.append(self.close)

    def take(self):
        """Without a thread: everything that waits in the socket now."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.note(self.socket.recv(65536))

    def loop(self):
        while self.open:
            try:
                data = self.socket.recv(65536)
            except socket.timeout:
                continue
            except OSError:
                return
            self.note(data)

    def note(self, data):
        stamp = time.time_ns()
        while len(data) >= 16:
            length, kind = struct.unpack("IH", data[:6])
            if kind in (self.RTM_NEWADDR, self.RTM_DELADDR):
                self.seen.append((stamp, (kind == self.RTM_NEWADDR, self.address(data[16:length]))))
            data = data[(length + 3) & ~3:]

    @staticmethod
    def address(message):
        family = message[0]
        at, found = 8, None
        while at + 4 <= len(message):
            length, kind = struct.unpack("HH", message[at:at + 4])
            if length < 4:
                break
            if kind == 2 or (kind == 1 and found is None):  # IFA_LOCAL, IFA_ADDRESS
                found = socket.inet_ntop(socket.AF_INET if family == 2 else socket.AF_INET6, message[at + 4:at + length])
            at += (length + 3) & ~3
        return found

    def added(self, ns, address=VIP):
        return next((stamp for stamp, found in list(self.seen) if stamp >= ns and found == (True, address)), None)

    def removed(self, ns, address=VIP):
        return next((stamp for stamp, found in list(self.seen) if stamp >= ns and found == (False, address)), None)

    def close(self):
        self.open = False
        if self.thread:
            self.thread.join()
        self.socket.close()


class Probe:
    """The client: one ICMP echo request a millisecond to the virtual address, answered by the kernel of whoever has it."""

    def __init__(self, lab, address=VIP, period_s=0.001):
        with inside(lab.client):
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.settimeout(0.2)
        self.address = address
        self.period_s = period_s
        self.ident = os.getpid() & 0xffff
        self.sent = {}
        self.answered = set()
        self.open = True
        self.threads = [threading.Thread(target=target, daemon=True) for target in (self.send, self.receive)]
        for thread in self.threads:
            thread.start()
        lab.closers.append(self.close)

    def send(self):
        number = 0
        due = time.monotonic()
        while self.open:
            number += 1
            body = struct.pack("!I", number)
            packet = struct.pack("!BBHHH", 8, 0, 0, self.ident, number & 0xffff) + body
            packet = packet[:2] + struct.pack("!H", checksum(packet)) + packet[4:]
            self.sent[number] = time.monotonic()
            with contextlib.suppress(OSError):
                self.socket.sendto(packet, (self.address, 0))
            due += self.period_s
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            else:
                due = time.monotonic()

    def receive(self):
        while self.open:
            try:
                data = self.socket.recv(2048)
            except socket.timeout:
                continue
            except OSError:
                return
            if len(data) >= 32 and data[20] == 0 and struct.unpack("!H", data[24:26])[0] == self.ident:
                self.answered.add(struct.unpack("!I", data[28:32])[0])

    def outages(self, since=0.0):
        """[(start, length in ms)] of every stretch of unanswered probes sent after a time.monotonic() value."""
        found = []
        last_good = None
        start = None
        for number, at in list(self.sent.items()):
            if at < since or time.monotonic() - at < 0.05:
                continue
            if number in self.answered:
                if start is not None:
                    found.append((start, (at - (last_good if last_good is not None else start) - self.period_s) * 1000))
                    start = None
                last_good = at
            elif start is None:
                start = at
        if start is not None:
            found.append((start, float("inf")))
        return found

    def outage_ms(self, since=0.0):
        """All of them together."""
        return sum(max(0.0, length) for _, length in self.outages(since))

    def wait_answer(self, seconds, since=None):
        """Blocks until a probe sent from now on is answered."""
        begin = max(list(self.sent), default=0) if since is None else since
        wait_for(lambda: any(n > begin for n in list(self.answered)[-200:]) or max(list(self.answered), default=0) > begin,
                 seconds, self.address + " answers the client", 0.002)

    def close(self):
        self.open = False
        for thread in self.threads:
            thread.join()
        self.socket.close()


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def send_udp(namespace, payloads, address, port=PORT, source=None, interface=None):
    """Datagrams from inside a namespace, as fast as it goes."""
    with inside(namespace):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sender:
        if interface:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        if source:
            sender.bind((source, 0))
        for payload in payloads:
            with contextlib.suppress(OSError):
                sender.sendto(payload, (address, port))
