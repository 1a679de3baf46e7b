"""Ping nodes with real ICMP: the client, and two addresses more on it, are what the hosts ask."""
from case import HbdTest
from lab import VIP, run

NODES = ("10.77.0.1", "10.77.0.2")

PING = """
ping = ["10.77.0.1", "10.77.0.2"]
ping_interval = "100ms"
deadping = "400ms"
ping_hold = "400ms"
ping_up = 3
"""

REQUIRES = """
[[group]]
name = "web"
node = "srv1"
require = "ping"
resources = ["%s/24/eth0"]
""" % VIP


class Ping(HbdTest):
    def pinging(self, ping=PING, nodes=NODES, wait=True, **settings):
        """A pair in which every ping node is up on both hosts."""
        lab = self.lab(media=settings.pop("media", ("mcast", "ucast")), **settings)
        self.mute(lab, NODES[1], muted=False)
        for host in lab.hosts:
            lab.write_config(host, ping + lab.config())
        if wait:
            lab.start()
            for host in lab.hosts:
                self.happens(lambda: self.score(host) == len(nodes), 5, host.name + " reaches every ping node")
                self.happens(lambda: self.score(host, "peer_score") == len(nodes), 5, host.name + " hears the score of its peer")
        return lab

    @staticmethod
    def score(host, which="score"):
        status = host.status()
        return status["ping"][which] if status else None

    @staticmethod
    def lose(host, address, lost=True):
        """The host has no way to this address any more: what it sends is refused on the spot (ENETUNREACH is not an answer)."""
        host.ip("route", "add" if lost else "del", "unreachable", address)

    @staticmethod
    def mute(lab, address, muted=True):
        """The ping node itself is gone, for both hosts."""
        bits = "/24" if address == NODES[0] else "/32"
        run("ip", "-n", lab.client, "addr", "del" if muted else "add", address + bits, "dev", "br0")

    def owners(self, lab):
        return [host.name for host in lab.hosts if host.holds()]

    def test_groups_go_once_to_the_host_that_reaches_more(self):
        lab = self.pinging()
        self.one_owner(lab, lab.srv1)
        self.lose(lab.srv1, NODES[1])
        self.happens(lambda: lab.srv2.holds(), 5, "srv2 gets the group")
        self.one_owner(lab, lab.srv2)
        self.assertIn("given to srv2: it reaches 2 of 2 ping nodes, this node 1", lab.srv1.group()["reason"])
        self.assertIn("which reaches more ping nodes", lab.srv1.log())
        self.assertEqual(2, lab.srv2.group()["epoch"])
        nodes = lab.srv1.status()["ping"]["nodes"]
        self.assertEqual([("10.77.0.1", "up"), ("10.77.0.2", "down")], [(n["name"], n["state"]) for n in nodes])
        shown = lab.srv1.hbctl("status").stdout
        self.assertIn("reached here: 1 of 2, at srv2: 2 of 2", " ".join(shown.split()))
        self.lose(lab.srv1, NODES[1], lost=False)
        self.happens(lambda: self.score(lab.srv1) == 2, 5, "srv1 reaches both again")
        self.stays(lambda: self.owners(lab) == ["srv2"], 2, "nothing moves back without auto_failback")
        self.assertEqual(2, lab.srv2.group()["epoch"])

    def test_auto_failback_waits_until_home_reaches_as_much(self):
        lab = self.pinging(auto_failback=True)
        self.lose(lab.srv1, NODES[0])
        self.happens(lambda: lab.srv2.holds(), 5, "srv2 gets the group")
        self.stays(lambda: lab.srv2.holds(), 2, "it stays there while srv1 reaches less")
        self.lose(lab.srv1, NODES[0], lost=False)
        self.happens(lambda: lab.srv1.holds(), 5, "the group comes home")
        self.assertEqual(3, lab.srv1.group()["epoch"])

    def test_what_both_lose_moves_nothing(self):
        lab = self.pinging()
        self.mute(lab, NODES[1])
        for host in lab.hosts:
            self.happens(lambda: self.score(host) == 1, 5, host.name + " loses the ping node")
        self.stays(lambda: self.owners(lab) == ["srv1"], 2, "nothing moves")
        self.lose(lab.srv1, NODES[0])
        self.lose(lab.srv2, NODES[0])
        self.happens(lambda: lab.srv1.status()["ping"]["lost"] and lab.srv2.status()["ping"]["lost"], 5, "both lose everything")
        self.stays(lambda: self.owners(lab) == ["srv1"], 2, "nothing moves")
        self.assertEqual(1, lab.srv1.group()["epoch"])

    def test_a_ping_node_that_comes_and_goes_moves_nothing(self):
        lab = self.pinging(ping=PING.replace('ping_hold = "400ms"', 'ping_hold = "2s"'))
        for _ in range(4):
            self.lose(lab.srv1, NODES[1])
            self.happens(lambda: self.score(lab.srv1) == 1, 5, "srv1 loses the ping node")
            self.lose(lab.srv1, NODES[1], lost=False)
            self.happens(lambda: self.score(lab.srv1) == 2, 5, "srv1 reaches it again")
            self.assertEqual(["srv1"], self.owners(lab))
        self.assertEqual(4, lab.srv1.log().count("is down"))
        self.assertEqual(1, lab.srv1.group()["epoch"])

    def test_require_ping_lets_the_host_take_over_that_reaches_something(self):
        lab = self.pinging(groups={}, more=REQUIRES)
        self.one_owner(lab, lab.srv1)
        self.assertIn("two owners are possible", lab.srv1.log())
        lab.pull_all(lab.srv1)
        self.happens(lambda: lab.srv2.holds("web"), 5, "srv2 takes the group over")

    def test_require_ping_blocks_the_host_that_reaches_nothing(self):
        lab = self.pinging(groups={}, more=REQUIRES)
        self.one_owner(lab, lab.srv1)
        lab.pull_all(lab.srv2)
        self.happens(lambda: lab.srv2.group("web")["state"] == "blocked", 5, "the group is blocked on srv2")
        self.assertIn("waiting for an answer of a ping node", lab.srv2.group("web")["reason"])
        self.stays(lambda: not lab.srv2.has_address() and lab.srv1.holds("web"), 2, "srv2 takes nothing")
        lab.plug_all(lab.srv2)
        self.happens(lambda: lab.srv2.status()["peer"]["state"] == "active", 5, "they hear each other again")
        self.assertTrue(lab.srv1.holds("web"))
        self.assertEqual(1, lab.srv1.group("web")["epoch"])

    def test_require_ping_waits_for_an_answer_and_then_takes_over(self):
        lab = self.pinging(groups={}, more=REQUIRES)
        for address in NODES:
            self.mute(lab, address)
        lab.srv1.die()
        self.happens(lambda: lab.srv2.group("web")["state"] == "blocked", 5, "the group is blocked on srv2")
        self.stays(lambda: not lab.srv2.has_address(), 1, "srv2 takes nothing")
        self.mute(lab, NODES[0], muted=False)
        self.happens(lambda: lab.srv2.holds("web"), 5, "the first answer lets srv2 take over")

    def test_a_group_of_ipv6_addresses_is_up_while_one_answers(self):
        lab = self.pinging(nodes=("g",), ping=PING.replace('ping = ["10.77.0.1", "10.77.0.2"]', ""), wait=False)
        run("ip", "-n", lab.client, "addr", "add", "fd77::2/64", "dev", "br0", "nodad")
        for host in lab.hosts:
            lab.write_config(host, PING.replace('ping = ["10.77.0.1", "10.77.0.2"]', "") + lab.config()
                             + '[[ping_group]]\nname = "routers"\naddresses = ["fd77::1", "fd77::2"]\nweight = 5\n')
        lab.start()
        for host in lab.hosts:
            self.happens(lambda: self.score(host) == 5, 5, host.name + " reaches the group")
        run("ip", "-n", lab.client, "addr", "del", "fd77::2/64", "dev", "br0")
        self.stays(lambda: self.score(lab.srv1) == 5, 1.5, "one address is enough")
        run("ip", "-n", lab.srv1.namespace, "-6", "route", "add", "unreachable", "fd77::1/128")
        self.happens(lambda: lab.srv2.holds(), 5, "srv2 gets the group")
        self.assertIn("its ping score is 5 of 5, that of this node 0", lab.srv1.group()["reason"])

    def test_an_unprivileged_socket_is_used_where_the_kernel_offers_it(self):
        lab = self.pinging(wait=False)
        for host in lab.hosts:
            run("ip", "netns", "exec", host.namespace, "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647")
        lab.start()
        self.happens(lambda: self.score(lab.srv1) == 2, 5, "both are reached")
        sockets = run("ip", "netns", "exec", lab.srv1.namespace, "cat", "/proc/net/icmp").stdout.splitlines()
        self.assertEqual(2, len(sockets), "one ping socket and the head line")

    def test_a_steady_pair_that_pings_allocates_nothing(self):
        lab = self.pinging()
        before = self.happens(lambda: lab.srv1.status(), 2, "status")["loop"]["steady_turns"]
        self.happens(lambda: lab.srv1.status()["loop"]["steady_turns"] > before + 100, 30, "a hundred steady turns")
        self.assertEqual(0, lab.srv1.status()["loop"]["allocated_bytes"])
