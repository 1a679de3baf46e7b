"""One virtual machine: its process, its power, its pauses."""
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import threading
import time

from . import networks
from .agent import Agent
from .basics import BedError, NODES, run

QEMU = "qemu-system-x86_64"
MODEL = "pc"
MEMORY_MB = 512
SPARE_MB = 192


class Machine:
    def __init__(self, name, directory, image, accelerator, namespace):
        self.name = name
        self.directory = directory
        self.image = image                             # directory with disk.qcow2, vmlinux, initrd.img
        self.accelerator, self.cpu = accelerator
        self.namespace = namespace                     # where its network cables end
        self.power = threading.RLock()
        self.agent = Agent(self)
        os.makedirs(directory, exist_ok=True)
        self.renew()

    def path(self, name):
        return os.path.join(self.directory, name)

    def renew(self):
        """A clean system disk, and an empty one for whatever a test wants a disk for. The machine is off."""
        run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", os.path.join(self.image, "disk.qcow2"), self.path("disk.qcow2"))
        run("qemu-img", "create", "-q", "-f", "qcow2", self.path("spare.qcow2"), "%dM" % SPARE_MB)

    # ------------------------------------------------------------ power
    def pid(self):
        """Its process, or None. Compared with the command line: no stranger is ever signalled."""
        return pid_of(self.path("pid"))

    def power_on(self):
        with self.power:
            if not self.pid():
                self.start()

    def power_off(self):
        """Pulls the cord. Returns when the process has gone; what was not synced is lost."""
        with self.power:
            end_process(self.path("pid"))

    def power_cycle(self):
        with self.power:
            self.power_off()
            self.start()

    def start(self):
        for name in ("qmp.sock", "agent.sock", "data.sock", "serial.sock", "pid"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path(name))
        with open(self.path("qemu.log"), "a") as log:
            done = run("nsenter", "--net=/run/netns/" + self.namespace, *self.command(), start_new_session=True)
            log.write(done)

    def command(self):
        file = self.path
        command = [
            QEMU, "-name", self.name, "-M", MODEL, "-nodefaults", "-no-user-config", "-display", "none", "-vga", "none",
            "-accel", self.accelerator, "-cpu", self.cpu, "-m", MEMORY_MB, "-rtc", "base=utc,clock=host",
            "-kernel", os.path.join(self.image, "vmlinux"), "-initrd", os.path.join(self.image, "initrd.img"),
            "-drive", "file=%s,if=none,id=disk0,format=qcow2,cache=writeback,discard=unmap" % file("disk.qcow2"),
            "-device", "virtio-blk-pci,drive=disk0",
            "-drive", "file=%s,if=none,id=disk1,format=qcow2,cache=writeback,discard=unmap" % file("spare.qcow2"),
            "-device", "virtio-blk-pci,drive=disk1", "-device", "virtio-serial-pci", "-device", "virtio-rng-pci",
            "-chardev", "socket,id=agent,path=%s,server=on,wait=off" % file("agent.sock"),
            "-device", "virtserialport,nr=1,chardev=agent,name=org.qemu.guest_agent.0",
            "-chardev", "socket,id=data,path=%s,server=on,wait=off" % file("data.sock"),
            "-device", "virtserialport,nr=2,chardev=data,name=data",
            # ttyS0: the null modem. ttyS1: the console, in a file.
            "-chardev", "socket,id=cable,path=%s,server=on,wait=off" % file("serial.sock"), "-device", "isa-serial,index=0,chardev=cable",
            "-chardev", "file,id=console,path=%s,append=on" % file("console.log"), "-device", "isa-serial,index=1,chardev=console",
            "-device", "i6300esb", "-action", "watchdog=reset",
            "-qmp", "unix:%s,server=on,wait=off" % file("qmp.sock"), "-pidfile", file("pid"), "-daemonize"]
        for net in networks.NETS:
            command += ["-netdev", "tap,id=%s,ifname=%s,script=no,downscript=no,vhost=off" % (net, networks.tap(self.name, net)),
                        "-device", "virtio-net-pci,netdev=%s,mac=%s,romfile=" % (net, networks.mac(self.name, net))]
        return command + ["-append", " ".join(self.kernel_words())]

    def kernel_words(self):
        """The kernel's command line; initramfs-init takes the machine's identity from the hbd. words."""
        words = ["console=ttyS1", "root=/dev/vda", "rw", "net.ifnames=0", "quiet", "loglevel=5", "systemd.show_status=false",
                 "no_timer_check", "apparmor=0", *self.clock_words(),
                 "hbd.host=" + self.name, "hbd.id=" + hashlib.md5(self.name.encode()).hexdigest()]
        for number, net in enumerate(networks.NETS):
            suffix, gateway = ("", "," + networks.address(net, 254)) if number == 0 else ("-" + net, "")
            words.append("hbd.if=eth%d,%s/24%s" % (number, networks.node_address(self.name, net), gateway))
            words += ["hbd.hosts=%s,%s%s" % (networks.node_address(node, net), node, suffix) for node in NODES]
            words.append("hbd.hosts=%s,pdu%s" % (networks.address(net, 254), suffix))
        return words

    def clock_words(self):
        """
        The HPET says how fast it counts. The speed of the TSC and of the local timer is measured by the kernel at boot: on a busy host,
        where an emulated processor does not get its turn, wrong by a factor of ten.
        """
        return [] if self.accelerator == "kvm" else ["tsc=unstable", "clocksource=hpet", "nolapic_timer"]

    # ------------------------------------------------------------ pauses
    def freeze(self):
        """Hangs: its clocks will have gone on when it wakes up."""
        os.kill(self.pid() or self.off(), signal.SIGSTOP)

    def suspend(self):
        """Stands still, as in a migration: its clocks do not notice."""
        self.monitor("stop")

    def resume(self):
        pid = self.pid()
        if pid:
            os.kill(pid, signal.SIGCONT)
            if self.monitor("query-status")["status"] == "paused":
                self.monitor("cont")

    def off(self):
        raise BedError("%s is off" % self.name)

    def monitor(self, command):
        """One command to QEMU's own monitor."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            try:
                client.connect(self.path("qmp.sock"))
                lines = client.makefile("rw")
                lines.readline()
                for name in ("qmp_capabilities", command):
                    lines.write(json.dumps({"execute": name}) + "\n")
                    lines.flush()
                    answer = {}
                    while "return" not in answer:
                        answer = json.loads(lines.readline())
                        if "error" in answer:
                            raise BedError("%s: %s: %s" % (self.name, command, answer["error"]["desc"]))
                return answer["return"]
            except (OSError, ValueError) as error:
                raise BedError("%s: %s: %s" % (self.name, command, error)) from None

    # ------------------------------------------------------------ inside
    def execute(self, command, seconds=60.0, stdin=None):
        return self.agent.execute(command, seconds, stdin)

    def boot_id(self):
        """Another one after every boot; None while nobody answers."""
        with contextlib.suppress(BedError):
            return self.execute("cat /proc/sys/kernel/random/boot_id", 20)[1].strip() or None
        return None

    def wait_ready(self, seconds=300):
        """Until systemd says that it has booted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.pid():
                self.off()
            try:
                self.agent.call("guest-ping", 1.0)
                return self.execute("systemctl is-system-running --wait", max(1.0, end - time.monotonic()))[1].strip()
            except BedError:
                time.sleep(0.1)
        raise BedError("%s is not up after %d s: %s" % (self.name, seconds, self.console()))

    def console(self, lines=20):
        with open(self.path("console.log"), errors="replace") as file:
            return "\n".join(file.read().replace("\r", "").splitlines()[-lines:])

    def clear(self):
        self.power_off()
        shutil.rmtree(self.directory, ignore_errors=True)


def pid_of(file):
    with contextlib.suppress(OSError, ValueError):
        with open(file) as text:
            pid = int(text.read())
        with open("/proc/%d/cmdline" % pid, "rb") as arguments:
            return pid if file.encode() in arguments.read().split(b"\0") else None
    return None


def end_process(file):
    """Kills the machine whose process wrote this file."""
    pid = pid_of(file)
    if pid:
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while pid_of(file) == pid:
            if time.monotonic() > end:
                raise BedError("process %d does not end" % pid)
            time.sleep(0.01)
