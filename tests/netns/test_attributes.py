"""Attributes that agents set are the same on both nodes, whichever of them sets them."""
import os
import subprocess

from case import HbdTest

STATEFUL = "/usr/lib/ocf/resource.d/pacemaker/Stateful"
GROUP = """
[[group]]
name = "pair"
node = "srv1"
resources = [
  { agent = "ocf:pacemaker:Stateful", name = "state", role = "promotable", params = { state = "%(here)s/stateful" }, monitor = { interval = "300ms" } },
]
"""


class Attributes(HbdTest):
    def pair(self):
        if not os.access(STATEFUL, os.X_OK):
            self.skipTest("no OCF agent pacemaker/Stateful on this machine")
        lab = self.lab(groups={}, media=("mcast", "ucast"), initdead="6s")
        self.directory = self.shims(lab)
        for host in lab.hosts:
            lab.write_config(host, lab.config().replace("[haresources]\n", "") + GROUP % {"here": lab.here})
        lab.start(60)
        return lab

    def shim(self, host, *words):
        """A stand-in as an agent on that host would call it; null: it says that there is nothing."""
        done = subprocess.run(
            [os.path.join(self.directory, words[0]), *words[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=10,
            env={"HA_CURHOST": host.name, "HBD_NODES": "srv1 srv2", "HBD_ATTRIBUTES": os.path.join(host.run_dir, "attributes"),
                 "HBD_ATTRIBUTES_FOREVER": os.path.join(host.state_dir, "attributes")})
        self.assertIn(done.returncode, (0, 105), done.stderr)
        return done.stdout.strip() if done.returncode == 0 else None

    def reaches(self, host, value, *scope):
        self.happens(lambda: self.shim(host, "crm_attribute", *scope, "-G", "-q") == value, 10, "%s: %s is %s" % (host.name, scope, value))

    def test_what_one_node_sets_the_other_has(self):
        lab = self.pair()
        srv1, srv2 = lab.srv1, lab.srv2
        for host in lab.hosts:
            # The scores that the agents themselves set.
            self.reaches(srv1, self.shim(host, "crm_attribute", "-N", host.name, "-l", "reboot", "-n", "master-state", "-G", "-q"),
                         "-N", host.name, "-l", "reboot", "-n", "master-state")
        scopes = {word: ("-N", "srv1", "-l", word, "-n", "a") for word in ("reboot", "forever")}
        scopes["cluster"] = ("-t", "crm_config", "-n", "a")
        for word, scope in scopes.items():
            self.shim(srv2, "crm_attribute", *scope, "-v", "of srv2 " + word)
            self.reaches(srv1, "of srv2 " + word, *scope)
            self.shim(srv1, "crm_attribute", *scope, "-v", "now " + word)
            self.reaches(srv2, "now " + word, *scope)
        self.shim(srv2, "crm_attribute", *scopes["cluster"], "-D")
        self.reaches(srv1, None, *scopes["cluster"])
        # A word that is too long for the peer stays here.
        self.shim(srv1, "crm_attribute", "-N", "srv1", "-l", "reboot", "-n", "long", "-v", "v" * 600)
        self.happens(lambda: "attribute long stays on this node" in srv1.log(), 10, "srv1 says so")

        # What ends with the boot ends with the peer's life here; the rest stays, and what is set meanwhile is there when it comes back.
        srv1.kill()
        self.reaches(srv2, None, *scopes["reboot"])
        self.reaches(srv2, "now forever", *scopes["forever"])
        self.shim(srv2, "crm_attribute", *scopes["forever"], "-v", "set while srv1 was away")
        srv1.start()
        self.reaches(srv1, "set while srv1 was away", *scopes["forever"])
        self.reaches(srv2, "now reboot", *scopes["reboot"])
        self.assertIsNone(self.shim(srv1, "crm_attribute", *scopes["cluster"], "-G", "-q"))
        self.assertIsNone(self.shim(srv2, "crm_attribute", "-N", "srv1", "-l", "reboot", "-n", "long", "-G", "-q"))
