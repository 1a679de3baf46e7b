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


WATCHED = """
[[group]]
name = "watched"
node = "srv1"
resources = [
  "%(vip)s/24/eth0",
  { agent = "ocf:heartbeat:Dummy", name = "dummy", params = { state = "%(here)s/dummy.state" },
    monitor = { interval = "300ms" }, migration_threshold = %(threshold)d },
]
"""


class Monitors(HbdTest):
    """The real Dummy agent of resource-agents, whose service is a file: removing it is the death of the service."""

    def watched(self, threshold):
        if not os.access(os.path.join(OCF, "Dummy"), os.X_OK):
            self.skipTest("no OCF agent Dummy on this machine (package resource-agents)")
        lab = self.lab(groups={}, media=("mcast", "ucast"))
        for host in lab.hosts:
            lab.write_config(host, lab.config().replace("[haresources]\n", "") + WATCHED % {
                "vip": lab_module.VIP, "here": lab.here, "threshold": threshold})
        lab.start(30)
        return lab

    @staticmethod
    def service(host):
        return os.path.join(host.dir, "dummy.state")

    def test_a_service_that_dies_is_started_again_in_place_and_the_address_stays(self):
        lab = self.watched(threshold=3)
        addresses = lab_module.AddressMonitor(lab, lab.srv1)
        os.remove(self.service(lab.srv1))
        self.happens(lambda: os.path.exists(self.service(lab.srv1)), 10, "the service runs again")
        self.happens(lambda: lab.srv1.holds(), 5, "the group runs")
        self.assertEqual(1, lab.srv1.group()["resources"][1]["failures"])
        self.assertEqual([], [found for _, found in addresses.seen if found == (False, lab_module.VIP)], "the address never went")
        self.one_owner(lab, lab.srv1)

    def test_one_failure_too_many_moves_the_group_and_cleanup_forgets(self):
        lab = self.watched(threshold=1)
        os.remove(self.service(lab.srv1))
        self.happens(lambda: lab.srv2.holds(), 10, "the group moves")
        self.one_owner(lab, lab.srv2)
        self.assertIn("cleanup", lab.srv1.group()["reason"])
        lab.srv1.hbctl("cleanup")
        self.happens(lambda: lab.srv1.group()["here"] == "stopped", 5, "srv1 takes it again")
        lab.srv1.hbctl("takeover")
        self.happens(lambda: lab.srv1.holds(), 10, "and it comes back")


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
