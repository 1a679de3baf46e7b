"""The agent for md arrays, on a kernel that has md: loop devices and arrays inside the first machine, nowhere else."""
from case import PairTest
from pair import package

DIR = "/root/raid"
MEMBERS = ("/dev/loop0", "/dev/loop1")
ENDS = {"ok": 0, "generic": 1, "not configured": 6, "not running": 7, "degraded": 190}


class Raid(PairTest):
    def setUp(self):
        super().setUp()
        self.machine = self.machines["srv1"]
        if self.machine.execute("command -v mdadm")[0]:
            self.skipTest("no mdadm in the archive")
        self.pair.push("srv1", package(), DIR + ".deb")
        self.addCleanup(self.machine.execute, "umount /mnt; for n in 7 8; do mdadm --stop /dev/md$n; done; losetup -D; rm -rf %s*" % DIR)
        self.run_in("rm -rf {d}; dpkg-deb -x {d}.deb {d}; ln -s {d}/usr/sbin/hbd {d}/Raid1; modprobe loop; truncate -s 16M {d}/a {d}/b".format(d=DIR))
        self.attach()

    def run_in(self, command, seconds=60):
        return self.pair.run("srv1", command, seconds)

    def attach(self):
        for member, file in zip(MEMBERS, "ab"):
            self.run_in("losetup %s >/dev/null 2>&1 || losetup %s %s/%s" % (member, member, DIR, file))
        self.run_in("udevadm settle")

    def create(self, metadata):
        """An array that was made and stopped again, with a file in it; the driver is unloaded, as after a boot that saw no array."""
        self.run_in("mdadm --create /dev/md7 --run --assume-clean --level=1 --raid-devices=2 --metadata=%s %s" % (metadata, " ".join(MEMBERS)))
        self.run_in("mke2fs -q -t ext4 /dev/md7 && mount /dev/md7 /mnt && echo %s > /mnt/data && umount /mnt" % metadata)
        self.run_in("udevadm settle; mdadm --stop /dev/md7; udevadm settle; for n in 1 2 3 4 5; do rmmod raid1 md_mod; test -e /sys/module/md_mod || exit 0; sleep 1; done; exit 1")

    def agent(self, action, end, words="", timeout_s=20, device="/dev/md7", members=MEMBERS):
        """Calls it as an OCF agent; returns what it said."""
        code, text = self.machine.execute(
            "OCF_RESKEY_CRM_meta_timeout=%d000 OCF_RESKEY_raiddev=%s OCF_RESKEY_raidconf=%s.conf %s %s/Raid1 %s"
            % (timeout_s, device, DIR, "OCF_RESKEY_devices=" + ",".join(members) if members else "", DIR, action), 60)
        if end == "failed":
            self.assertNotIn(code, ENDS.values(), "%s: %s" % (action, text))
        else:
            self.assertEqual(ENDS[end], code, "%s: %s" % (action, text))
        self.assertIn(words, text)
        return text

    def has_data(self, expected):
        self.assertEqual(expected, self.run_in("mount -o ro /dev/md7 /mnt && cat /mnt/data; umount /mnt").strip())

    def stopped(self):
        """And stays so: nothing that the agent did has made udev assemble it anew."""
        self.agent("stop", "ok")
        self.agent("stop", "ok")
        self.run_in("udevadm settle")
        self.agent("monitor", "not running")
        # Whoever opens the node in /dev a moment too late makes the kernel have an array anew, an empty one: md's create_on_open.
        state = self.run_in("cat /sys/block/md7/md/array_state 2>/dev/null || echo gone; ls /sys/block/loop[01]/holders/")
        self.assertIn(state.split()[0], ("gone", "clear"), state)
        self.assertNotIn("md7", state, "the members are free")

    def whole_again(self):
        self.run_in("mdadm /dev/md7 --add " + MEMBERS[1])
        self.happens(lambda: self.run_in("cat /sys/block/md7/md/degraded").strip() == "0", 60, "the array is whole again")
        self.agent("monitor", "ok")

    def test_an_array_is_started_watched_and_stopped(self):
        self.create("1.2")
        self.agent("validate-all", "ok")
        self.agent("validate-all", "not configured", "is not /dev/mdN", device="/dev/md/data")
        self.agent("monitor", "not running")
        self.agent("stop", "ok")
        self.agent("start", "ok")
        self.agent("monitor", "ok")
        self.has_data("1.2")
        self.agent("start", "ok")

        self.run_in("mount /dev/md7 /mnt")
        self.agent("stop", "failed", "/dev/md7 is in use, mounted on /mnt", timeout_s=2)
        self.agent("monitor", "ok")
        self.run_in("echo still > /mnt/data && sync /mnt/data && umount /mnt")

        self.run_in("mdadm /dev/md7 --fail " + MEMBERS[1])
        self.agent("monitor", "degraded", "members missing: 1")
        self.agent("start", "ok")
        self.stopped()
        self.has_been_left_out()
        self.whole_again()
        self.stopped()

    def has_been_left_out(self):
        """A member that has fallen behind does not come back by a start, and the data is that of the other."""
        self.agent("start", "ok", members=MEMBERS[::-1])
        self.agent("monitor", "degraded")
        self.has_data("still")

    def test_members_that_are_missing_taken_or_half_assembled(self):
        self.create("1.2")
        self.run_in("losetup -d " + MEMBERS[1])
        self.agent("start", "ok", "started without all members: " + MEMBERS[1])
        self.agent("monitor", "degraded")
        self.has_data("1.2")
        self.run_in("mount /dev/md7 /mnt && echo alone > /mnt/data && umount /mnt")
        self.stopped()
        self.agent("start", "generic", "no member here", members=MEMBERS[1:])
        self.agent("monitor", "not running")

        # What udev leaves when it has found one member only.
        self.attach()
        self.run_in("test -e /sys/block/md7 || mdadm --incremental " + MEMBERS[0])
        self.assertEqual("inactive", self.run_in("cat /sys/block/md7/md/array_state").strip())
        self.agent("monitor", "not running", "does not run")
        self.agent("start", "ok")
        self.agent("monitor", "degraded", "members missing: 1")
        self.has_data("alone")
        self.whole_again()
        self.stopped()

        # One half in another array: the other half alone would go ways of its own.
        self.run_in("mdadm --assemble --run /dev/md8 " + MEMBERS[0])
        self.agent("start", "generic", MEMBERS[0] + " is in use by somebody else")
        self.agent("monitor", "not running")
        self.run_in("mdadm --stop /dev/md8")

    def test_members_that_are_not_named_are_found_by_mdadm(self):
        self.create("1.2")
        self.run_in("mdadm --examine --brief %s | sed 's,/dev/md/[^ ]*,/dev/md7,' > %s.conf" % (MEMBERS[0], DIR))
        self.agent("start", "ok", members=())
        self.agent("monitor", "ok", members=())
        self.has_data("1.2")
        self.stopped()
        self.run_in("echo > %s.conf" % DIR)
        self.agent("start", "generic", "mdadm --assemble", members=())
        self.agent("monitor", "not running")

    def test_every_kind_of_superblock(self):
        for metadata in ("0.90", "1.0", "1.1"):
            self.create(metadata)
            self.agent("start", "ok")
            self.agent("monitor", "ok")
            self.has_data(metadata)
            self.stopped()
            self.run_in("mdadm --zero-superblock --force %s; udevadm settle" % " ".join(MEMBERS))
