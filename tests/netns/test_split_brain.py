"""What each policy of split_brain does in a real partition, with a real ping node as the third vote: the rows of doc/split-brain.md that
show where the policies differ. The fifth policy, require = "fence", stands in test_fencing.py, and the witness in test_witness.py."""
from case import HbdTest

PING = """
ping = ["10.77.0.1"]
ping_interval = "100ms"
deadping = "400ms"
ping_up = 2
split_brain = "%s"
"""


class Partition(HbdTest):
    def pair(self, policy):
        lab = self.lab(media=("mcast", "ucast"))
        for host in lab.hosts:
            lab.write_config(host, PING % policy + lab.config())
        lab.start()
        for host in lab.hosts:
            self.happens(lambda: host.status()["ping"]["score"] == 1, 5, host.name + " reaches the ping node")
        self.one_owner(lab, lab.srv1)
        return lab

    @staticmethod
    def addresses(lab):
        return [host.name for host in lab.hosts if host.has_address()]

    def dead(self, host):
        self.happens(lambda: host.status()["peer"]["state"] == "dead", 5, host.name + " calls its peer dead")

    def in_force(self, host):
        self.happens(lambda: host.status()["split_brain"]["in_force"], 5, "the policy holds on " + host.name)

    def heal(self, lab):
        for host in lab.hosts:
            lab.plug_all(host)
        for medium in lab.media:
            lab.restore(medium)

    def owner_cut_off(self, policy):
        """srv1, which has the address, loses every cable: its peer and the ping node. srv2 still reaches the ping node."""
        lab = self.pair(policy)
        lab.pull_all(lab.srv1)
        self.dead(lab.srv1)
        self.happens(lambda: lab.srv2.holds(), 5, "srv2, which has its vote, takes over")
        return lab

    def test_ignore_leaves_the_address_on_both(self):
        lab = self.owner_cut_off("ignore")
        self.assertEqual(["srv1", "srv2"], self.addresses(lab))
        self.heal(lab)
        self.one_owner(lab, lab.srv2)

    def test_freeze_leaves_what_runs_and_starts_nothing(self):
        lab = self.pair("freeze")
        # srv2 runs nothing: cut off, it must take nothing.
        lab.pull_all(lab.srv2)
        self.in_force(lab.srv2)
        self.stays(lambda: not lab.srv2.has_address(), 1.5, "srv2 takes nothing")
        self.assertTrue(lab.srv1.has_address())
        self.heal(lab)
        self.one_owner(lab, lab.srv1)

    def test_stop_leaves_the_address_on_one(self):
        lab = self.owner_cut_off("stop")
        self.happens(lambda: self.addresses(lab) == ["srv2"], 3, "srv1 lets go of its address")
        self.heal(lab)
        self.one_owner(lab, lab.srv2)

    def test_stop_with_both_cut_off_leaves_none_and_comes_back(self):
        lab = self.pair("stop")
        for host in lab.hosts:
            lab.pull_all(host)
        self.happens(lambda: self.addresses(lab) == [], 5, "nobody has the address")
        self.stays(lambda: self.addresses(lab) == [], 1, "and nobody takes it")
        self.heal(lab)
        self.happens(lambda: len(self.addresses(lab)) == 1, 10, "one has it again")
        self.happens(lambda: lab.owner() is not None, 5, "and owns it")

    def test_suicide_takes_the_cut_off_owner_down(self):
        lab = self.owner_cut_off("suicide")
        self.happens(lambda: "fencing this node" in lab.srv1.log(), 5, "srv1 fences itself")
        self.happens(lambda: self.addresses(lab) == ["srv2"], 3, "it lets go of its address even where it is not reset")

    def test_while_both_keep_their_vote_no_policy_can_help(self):
        lab = self.pair("stop")
        for medium in lab.media:
            lab.cut(medium)
        # Both reach the ping node over the first network.
        self.happens(lambda: self.addresses(lab) == ["srv1", "srv2"], 5, "both own it: only a proof would prevent that")
        self.heal(lab)
        self.happens(lambda: len(self.addresses(lab)) == 1, 10, "one lets go")
