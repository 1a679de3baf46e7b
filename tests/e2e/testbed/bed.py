"""All of it together: up, down, and what an earlier run has left behind."""
import glob
import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from .basics import BedError, NODES
from .cable import Cable
from .machine import MODEL, Machine, QEMU, end_process
from .networks import Networks
from .power import PowerController

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = "/run/hbd-e2e"
SLOW = ("tcg,thread=multi", "max,la57=off")


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "hbd-e2e")


def both(action, things):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(action, things))


def reason_to_skip():
    """Why no machines can be had here, or None."""
    if os.geteuid():
        return "needs root: network namespaces, tap devices"
    if os.uname().machine != "x86_64":
        return "needs an x86-64 machine"
    for tool in (QEMU, "qemu-img", "debootstrap", "apt-get", "ip", "bridge", "nsenter", "dpkg-deb", "mke2fs"):
        if not shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            return "needs %s: run tools/bootstrap e2e" % tool
    if not os.path.exists("/dev/net/tun"):
        return "needs /dev/net/tun"
    return None


def build_image():
    """The disk and the kernel, made once (about a minute). Returns why that failed, or None."""
    done = subprocess.run([os.path.join(HERE, "build-image"), cache()], stdin=subprocess.DEVNULL)
    return "tests/e2e/testbed/build-image failed" if done.returncode else None


def accelerator(image):
    """
    KVM when a guest really runs under it, else QEMU's own translation. A /dev/kvm that opens is not enough: a host whose KVM
    has no hardware to use interprets the guest's kernel instruction by instruction.
    """
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return SLOW
    memory = os.path.join(image, "accelerator-" + os.uname().release)
    if not os.path.exists(memory):
        found = ("kvm", "host") if kvm_runs(image) else SLOW
        with open(memory, "w") as file:
            file.write(" ".join(found))
    with open(memory) as file:
        return tuple(file.read().split())


def kvm_runs(image):
    command = [QEMU, "-M", MODEL, "-nodefaults", "-no-user-config", "-display", "none", "-vga", "none", "-accel", "kvm", "-cpu", "host",
               "-m", "256", "-no-reboot", "-serial", "stdio", "-kernel", os.path.join(image, "vmlinux"),
               "-initrd", os.path.join(image, "initrd.img"), "-append", "console=ttyS0 quiet panic=-1 hbd.probe"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10)
    except subprocess.TimeoutExpired:
        return False
    return b"HBD-PROBE-OK" in done.stdout


def sweep():
    """Takes down what a run that was killed has left: its number is in every name."""
    for directory in glob.glob(os.path.join(RUN, "*")):
        number = os.path.basename(directory)
        if not os.path.exists("/proc/" + number):
            for node in NODES:
                end_process(os.path.join(directory, node, "pid"))
            Networks("e2e" + number).down()
            shutil.rmtree(directory, ignore_errors=True)


class Bed:
    def __init__(self):
        number = str(os.getpid())
        self.directory = os.path.join(RUN, number)
        self.networks = Networks("e2e" + number)
        self.boot_s = 0.0                              # what the first boot of both took
        image = cache()
        kind = accelerator(image)
        self.accelerator = kind[0].split(",")[0]
        self.machines = {node: Machine(node, os.path.join(self.directory, node), image, kind, self.networks.router) for node in NODES}
        self.cable = Cable({node: machine.path("serial.sock") for node, machine in self.machines.items()})
        self.controller = PowerController(self.networks.router, self.machines)

    def up(self):
        self.networks.up()
        self.cable.start()
        self.controller.start()
        if not self.controller.ready.wait(10):
            raise BedError("the power controller did not start")
        began = time.monotonic()
        both(Machine.power_on, self.machines.values())
        both(Machine.wait_ready, self.machines.values())
        self.boot_s = time.monotonic() - began

    def in_client(self, *command):
        """A command line that runs where the client is."""
        return ["nsenter", "--net=/run/netns/" + self.networks.client, *command]

    def heal(self):
        """Every cable in, the power controller as it should be, nobody paused."""
        self.networks.heal()
        self.cable.cut = False
        self.controller.behave("ok")
        for machine in self.machines.values():
            machine.resume()

    def down(self):
        for machine in self.machines.values():
            machine.power_off()
        self.controller.close()
        self.cable.over = True
        if self.cable.is_alive():
            self.cable.join(5)
        self.networks.down()
        shutil.rmtree(self.directory, ignore_errors=True)
