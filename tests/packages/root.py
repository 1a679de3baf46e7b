"""A scratch root: this machine's files below, a memory file system above, no services but a recorder of systemctl."""
import os
import subprocess
import tempfile

# Runs as the first process of its namespaces: everything ends and vanishes with it.
SETUP = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" "$1/root"
cd "$1/root"
mount -t tmpfs none tmp
shift
for file; do cp "$file" tmp/; done
mount -t tmpfs none run
mount -t proc none proc
mount --rbind /dev dev
mkdir -p run/systemd/system
rm -rf etc/hbd var/lib/hbd var/lib/dpkg usr/sbin/policy-rc.d
mv usr/bin/systemctl usr/bin/systemctl.real
mkdir -p var/lib/dpkg/info var/lib/dpkg/updates
touch var/lib/dpkg/status
cat > usr/bin/systemctl <<'END'
#!/bin/sh
# Notes what it was asked; links are made and removed for true; the service is active as long as /tmp/active is there.
echo "$*" >> /tmp/systemctl.log
case " $* " in
    *' is-active '*) [ -e /tmp/active ] ;;
    *' preset '* | *' enable '* | *' disable '* | *' is-enabled '*) SYSTEMD_OFFLINE=1 exec systemctl.real "$@" ;;
esac
END
chmod 755 usr/bin/systemctl
exec chroot . /bin/sh -s
"""


class ScratchRoot:
    """One shell inside, with copies of the files in its /tmp; every command's output and exit code come back."""

    def __init__(self, files):
        self.dir = tempfile.mkdtemp(prefix="hbd-packages-")
        self.shell = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "--uts", "sh", "-c", SETUP, "sh", self.dir,
             *map(os.path.abspath, files)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.run("export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive")

    def run(self, command):
        """(exit code, output)"""
        self.shell.stdin.write("{ %s\n} < /dev/null 2>&1; echo \"=end= $?\"\n" % command)
        self.shell.stdin.flush()
        said = []
        for line in self.shell.stdout:
            if line.startswith("=end= "):
                return int(line.split()[1]), "".join(said)
            said.append(line)
        raise OSError("the scratch root ended: " + "".join(said))

    def asked(self):
        """What systemctl was asked since the last time."""
        return self.run("cat /tmp/systemctl.log 2> /dev/null; rm -f /tmp/systemctl.log")[1].splitlines()

    def close(self):
        self.shell.stdin.close()
        self.shell.stdout.close()
        self.shell.wait(30)
        os.rmdir(self.dir)


def problem():
    """Why there can be no scratch root here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    try:
        root = ScratchRoot([])
    except OSError as error:
        return "no scratch root on this machine: " + str(error).strip()
    root.close()
    return None
