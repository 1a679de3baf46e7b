"""What the agents of a promotable resource are told on both nodes: by an agent that writes down each of its calls, both nodes into one file."""
import os
import shutil

from case import HbdTest
import lab as lab_module

PROVIDER = "/usr/lib/ocf/resource.d/hbdtold"
AGENT = """#!/bin/sh
# A promotable resource that is a file with its role in it; its calls, and what it was told, go to a file that both nodes share.
STATE="$OCF_RESKEY_state"
M() { eval "echo \\"\\$OCF_RESKEY_CRM_meta_notify_$1\\"" | tr -s ' ' '+'; }
tell() { echo "$HA_CURHOST $*" >> "%(calls)s"; }
case "$1" in
  start) tell begin start - "promoted=$(M promoted_uname)"; sleep 0.1; echo Unpromoted > "$STATE"; tell end start - ;;
  promote) tell begin promote -; sleep 0.1; echo Promoted > "$STATE"; tell end promote - ;;
  demote) tell begin demote -; sleep 0.1; echo Unpromoted > "$STATE"; tell end demote - ;;
  stop) tell begin stop -; sleep 0.1; rm -f "$STATE"; tell end stop - ;;
  monitor) case "$(cat "$STATE" 2>/dev/null)" in Promoted) exit 8 ;; Unpromoted) exit 0 ;; *) exit 7 ;; esac ;;
  notify)
    what="$OCF_RESKEY_CRM_meta_notify_type-$OCF_RESKEY_CRM_meta_notify_operation"
    who="$(M "${OCF_RESKEY_CRM_meta_notify_operation}_uname")"
    tell begin "$what" "$who" "active=$(M active_uname)" "inactive=$(M inactive_uname)" "promoted=$(M promoted_uname)" "unpromoted=$(M unpromoted_uname)"
    sleep 0.2
    [ ! -e "$STATE.hangs" ] || sleep 60
    tell end "$what" "$who" ;;
  meta-data) cat <<EOF
<?xml version="1.0"?><resource-agent name="Told"><version>1.0</version><shortdesc lang="en">t</shortdesc><longdesc lang="en">t</longdesc>
<parameters><parameter name="state"><shortdesc lang="en">s</shortdesc><longdesc lang="en">s</longdesc><content type="string"/></parameter></parameters>
<actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/><action name="promote" timeout="20s"/><action name="demote" timeout="20s"/>
<action name="notify" timeout="20s"/><action name="monitor" timeout="20s" interval="10s"/><action name="meta-data" timeout="5s"/></actions></resource-agent>
EOF
  ;;
  validate-all) ;;
  *) exit 3 ;;
esac
exit 0
"""
GROUP = """
[[group]]
name = "pair"
node = "srv1"
resources = [
  { agent = "ocf:hbdtold:Told", name = "told", role = "promotable", params = { state = "%(here)s/role" }, monitor = { interval = "300ms", timeout = "3s" } },
  "%(vip)s/24/eth0",
]
"""


class Notices(HbdTest):
    def pair(self):
        lab = self.lab(groups={}, media=("mcast", "ucast"), initdead="6s")
        self.calls = os.path.join(lab.dir, "calls")
        os.makedirs(PROVIDER, exist_ok=True)
        self.addCleanup(shutil.rmtree, PROVIDER, True)
        with open(os.open(PROVIDER + "/Told", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o755), "w") as file:
            file.write(AGENT % {"calls": self.calls})
        self.shims(lab)
        for host in lab.hosts:
            lab.write_config(host, lab.config().replace("[haresources]\n", "") + GROUP % {"vip": lab_module.VIP, "here": lab.here})
        lab.start(60)
        self.ended("srv2", "post-promote", "srv1")
        self.ended("srv1", "post-promote", "srv1")
        return lab

    def lines(self):
        try:
            with open(self.calls) as file:
                return [line.split() for line in file.read().splitlines()]
        except OSError:
            return []

    def forget(self):
        os.truncate(self.calls, 0)

    def place(self, *words):
        """Where that stands in the file, which must have it once."""
        found = [i for i, line in enumerate(self.lines()) if line[:4] == list(words)]
        self.assertEqual(1, len(found), "%s once in %s" % (words, self.lines()))
        return found[0]

    def ended(self, node, what, who):
        self.happens(lambda: [node, "end", what, who] in [line[:4] for line in self.lines()], 20, "%s: %s %s is over" % (node, what, who))

    def told(self, node, about=None):
        """What an agent was told, in order."""
        return [line[2] + " " + line[3] for line in self.lines() if line[0] == node and line[1] == "begin" and line[3] in ((about,) if about else ("srv1", "srv2"))]

    def lists(self, node, what, who):
        return self.lines()[self.place(node, "begin", what, who)][4:]

    def around(self, node, operation, hear_before, hear_after):
        """The operation begins when those have heard of it, and these are told of it when it has ended."""
        for other in hear_before:
            self.assertLess(self.place(other, "end", "pre-" + operation, node), self.place(node, "begin", operation, "-"))
        for other in hear_after:
            self.assertLess(self.place(node, "end", operation, "-"), self.place(other, "begin", "post-" + operation, node))

    def test_both_agents_hear_of_a_promotion_and_of_a_handover(self):
        lab = self.pair()
        self.around("srv1", "promote", ("srv1", "srv2"), ("srv1", "srv2"))
        self.assertEqual(["post-start srv1", "pre-promote srv1", "post-promote srv1"], self.told("srv1", "srv1"))
        self.assertEqual(["pre-promote srv1", "post-promote srv1"], [t for t in self.told("srv2", "srv1") if "promote" in t])

        self.forget()
        lab.srv1.hbctl("standby")
        self.ended("srv1", "post-promote", "srv2")
        self.ended("srv2", "post-promote", "srv2")
        for node in ("srv1", "srv2"):
            self.assertEqual(["pre-demote srv1", "post-demote srv1", "pre-promote srv2", "post-promote srv2"], self.told(node))
        self.around("srv1", "demote", ("srv1", "srv2"), ("srv1", "srv2"))
        self.around("srv2", "promote", ("srv1", "srv2"), ("srv1", "srv2"))
        self.assertLess(self.place("srv2", "end", "post-demote", "srv1"), self.place("srv2", "begin", "promote", "-"))
        self.assertEqual(["active=srv1+srv2", "inactive=+", "promoted=srv1", "unpromoted=srv2"], self.lists("srv1", "pre-demote", "srv1"))
        for when in ("pre-demote", "post-demote"):
            self.assertEqual(["active=srv2+srv1", "inactive=+", "promoted=srv1", "unpromoted=srv2"], self.lists("srv2", when, "srv1"))
        for when in ("pre-promote", "post-promote"):
            self.assertEqual(["active=srv1+srv2", "inactive=+", "promoted=+", "unpromoted=srv1+srv2"], self.lists("srv1", when, "srv2"))

    def test_the_end_of_a_node_and_its_return(self):
        lab = self.pair()
        self.forget()
        lab.srv1.signal(15)
        lab.srv1.process.wait(30)
        self.ended("srv2", "post-promote", "srv2")
        self.ended("srv2", "post-stop", "srv1")
        self.assertEqual(["pre-demote srv1", "post-demote srv1", "pre-stop srv1", "post-stop srv1"], self.told("srv2", "srv1"))
        self.assertEqual(["pre-promote srv2", "post-promote srv2"], self.told("srv2", "srv2"))
        self.assertEqual(["pre-demote srv1", "post-demote srv1", "pre-stop srv1"], self.told("srv1", "srv1"))
        self.around("srv1", "demote", ("srv1", "srv2"), ("srv1", "srv2"))
        self.around("srv1", "stop", ("srv1", "srv2"), ("srv2",))
        self.assertLess(self.place("srv2", "end", "post-demote", "srv1"), self.place("srv2", "begin", "promote", "-"))

        self.forget()
        lab.srv1.start()
        self.ended("srv2", "post-start", "srv1")
        self.ended("srv1", "post-start", "srv1")
        self.assertEqual(["pre-start srv1", "post-start srv1"], self.told("srv2"))
        self.assertEqual(["post-start srv1"], self.told("srv1"))
        self.around("srv1", "start", ("srv2",), ("srv1", "srv2"))
        self.assertIn("promoted=srv2", self.lines()[self.place("srv1", "begin", "start", "-")])
        for when in ("pre-start", "post-start"):
            self.assertEqual(["active=srv2", "inactive=srv1", "promoted=srv2", "unpromoted=+"], self.lists("srv2", when, "srv1"))

        # An agent that runs on hears nothing of a daemon that comes back to it.
        self.forget()
        lab.srv1.kill()
        lab.srv1.start()
        self.happens(lambda: (lab.srv1.group() or {"resources": [{"state": None}]})["resources"][0]["state"] == "unpromoted", 20, "srv1 has found its instance")
        lab.srv2.hbctl("standby")
        self.ended("srv1", "post-promote", "srv1")
        self.assertEqual(["pre-demote srv2", "post-demote srv2", "pre-promote srv1", "post-promote srv1"], self.told("srv1"))

    def test_an_agent_that_hangs_is_waited_for_once_and_no_longer(self):
        lab = self.pair()
        self.forget()
        with open(os.path.join(lab.srv2.dir, "role.hangs"), "w"):
            pass
        lab.srv1.hbctl("standby")
        # The agent's timeout, and a deadtime if that has not ended it.
        self.happens(lambda: ["srv1", "begin", "demote", "-"] in [line[:4] for line in self.lines()], 8, "srv1 goes on")
        os.remove(os.path.join(lab.srv2.dir, "role.hangs"))
        self.ended("srv2", "post-promote", "srv2")
        self.one_owner(lab, lab.srv2)
