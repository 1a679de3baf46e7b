"""Groups with more in them than an address."""
import os

from case import HbdTest
import lab as lab_module

OCF = "/usr/lib/ocf/resource.d/heartbeat"

GROUP = """
[[group]]
name = "service"
node = "srv1"
resources = [
  "%(vip)s/24/eth0",
  { agent = "ocf:heartbeat:Dummy", name = "dummy", params = { state = "%(here)s/dummy.state" } },
  { agent = "ocf:heartbeat:Filesystem", name = "data", params = { device = "tmpfs", directory = "%(here)s/data", fstype = "tmpfs" } },
]
"""


class Resources(HbdTest):
    def test_unmodified_ocf_agents_move_with_their_group(self):
        for agent in ("Dummy", "Filesystem"):
            if not os.access(os.path.join(OCF, agent), os.X_OK):
                self.skipTest("no OCF agent " + agent + " on this machine (package resource-agents)")
        lab = self.lab(groups={})
        for host in lab.hosts:
            os.mkdir(os.path.join(host.dir, "data"))
            lab.write_config(host, lab.config().replace("[haresources]\n", "") + GROUP % {
                "vip": lab_module.VIP, "here": lab.here})
        lab.start(30)
        for owner in (lab.srv1, lab.srv2):
            other = lab.peer(owner)
            self.one_owner(lab, owner)
            self.assertEqual(["running"] * 3, [r["state"] for r in owner.group()["resources"]])
            self.assertTrue(os.path.exists(os.path.join(owner.dir, "dummy.state")))
            self.assertIn(lab.here + "/data tmpfs", self.mounts(owner))
            self.assertFalse(os.path.exists(os.path.join(other.dir, "dummy.state")))
            if owner is lab.srv1:
                owner.hbctl("standby")
                self.happens(other.holds, 20, "the whole group moves")

    @staticmethod
    def mounts(host):
        with open("/proc/%d/mounts" % host.process.pid) as file:
            return file.read()

    def test_a_group_that_cannot_start_says_why(self):
        lab = self.lab(groups={"srv1": [lab_module.VIP + "/24/nosuch0"]}, media=("mcast", "ucast"))
        for host in lab.hosts:
            host.start()
        self.happens(lambda: lab.srv1.group() and lab.srv1.group()["here"] in ("failed", "blocked"), 15, "the group fails")
        group = lab.srv1.group()
        told = " ".join([group["reason"] or ""] + [r["reason"] or "" for r in group["resources"]])
        self.assertIn("nosuch0", told)
