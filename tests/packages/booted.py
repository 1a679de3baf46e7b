"""A machine with the real systemd as its first process, in namespaces of its own, and one network interface eth0."""
import os
import signal
import subprocess
import tempfile
import time

# /tmp and /run become systemd's own; the package waits in /opt. Only the hierarchy that systemd needs for itself is mounted:
# the control group namespace keeps it inside the group that was made for it.
SETUP = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" "$1/root"
cp "$2" "$1/root/opt/"
cd "$1/root"
mount -t tmpfs none run
mount -t proc none proc
mount -t tmpfs none dev
mkdir dev/pts dev/shm
for node in null zero full random urandom tty; do
    touch dev/$node
    mount --bind /dev/$node dev/$node
done
mount -t sysfs sysfs sys -o ro
if [ "$3" = 2 ]; then
    mount -t cgroup2 cgroup2 sys/fs/cgroup
else
    mount -t tmpfs none sys/fs/cgroup
    mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
    mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
    mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
fi
rm -rf etc/hbd var/lib/hbd var/lib/dpkg etc/systemd/system/*.wants usr/sbin/policy-rc.d
mkdir -p var/lib/dpkg/info var/lib/dpkg/updates
touch var/lib/dpkg/status
echo srv1 > etc/hostname
ip link add eth0 type veth peer name cable
ip addr add 10.9.9.1/24 dev eth0
ip link set lo up
ip link set eth0 up
ip link set cable up
exec chroot . env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target --log-target=null
"""
SPACES = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup"]
HIERARCHIES = {2: ["/sys/fs/cgroup"], 1: ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"]}


class Booted:
    def __init__(self, package, seconds=20):
        version = 2 if os.path.exists("/sys/fs/cgroup/cgroup.procs") else 1
        self.dir = tempfile.mkdtemp(prefix="hbd-booted-")
        self.groups = [os.path.join(path, os.path.basename(self.dir)) for path in HIERARCHIES[version]]
        self.outer = self.pid = None
        self.said = tempfile.TemporaryFile("w+")
        try:
            for group in self.groups:
                os.mkdir(group)
            self.outer = subprocess.Popen(
                ["sh", "-c", 'for g in $1; do echo $$ > "$g/cgroup.procs"; done; shift; exec "$@"', "sh", " ".join(self.groups),
                 "unshare", *SPACES, "--fork", "--kill-child", "sh", "-c", SETUP, "sh", self.dir, os.path.abspath(package),
                 str(version)],
                stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said, start_new_session=True)
            self.wait_until_up(seconds)
        except OSError:
            self.close()
            raise

    def wait_until_up(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.outer.poll() is None:
            with open("/proc/%d/task/%d/children" % (self.outer.pid, self.outer.pid)) as file:
                children = file.read().split()
            if children:
                self.pid = children[0]
                with open("/proc/%s/comm" % self.pid) as file:
                    if file.read() == "systemd\n" and "running" in self.run("systemctl is-system-running")[1]:
                        return
            time.sleep(0.2)
        self.said.seek(0)
        raise OSError(self.said.read().strip() or "systemd does not come up here")

    def run(self, command, seconds=60):
        """(exit code, output)"""
        done = subprocess.run(["nsenter", *SPACES, "--target", self.pid, "--root", "--wd", "/usr/bin/env", "-i",
                               "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "sh", "-c", command], timeout=seconds,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def close(self):
        if self.outer is not None and self.outer.poll() is None:
            os.kill(self.outer.pid, signal.SIGKILL)
            self.outer.wait()
        self.said.close()
        os.rmdir(self.dir)
        deadline = time.monotonic() + 5
        for group in self.groups:
            while os.path.isdir(group):
                for path, _, _ in os.walk(group, topdown=False):
                    try:
                        os.rmdir(path)
                    except OSError:
                        # Its last process is still ending.
                        time.sleep(0.05)
                if time.monotonic() > deadline:
                    return
