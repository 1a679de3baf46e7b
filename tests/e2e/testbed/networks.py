"""The two networks: bridges in a namespace that also is the router; the client is a namespace of its own.

                client .0.200
                   |
  net0 ----+-------+--------+---- router .0.254 (ping node, power controller)
      eth0 |           eth0 |
  srv1 .0.1           srv2 .0.2         ttyS0 --- null modem --- ttyS0
      eth1 |           eth1 |
  net1 ----+----------------+---- router .1.254 (the same machine)

No packet leaves them, and the machines have no other way out.
"""
from .basics import BedError, NODES, PREFIX, run

NETS = ("net0", "net1")


def address(net, host):
    return "%s.%d.%d" % (PREFIX, NETS.index(net), host)


def node_address(node, net):
    return address(net, NODES.index(node) + 1)


def mac(node, net):
    return "52:54:00:83:%02x:%02x" % (NETS.index(net), NODES.index(node) + 1)


def tap(node, net):
    return "%s-%s" % (node, net)


class Networks:
    def __init__(self, name):
        self.router = name + "_rt"
        self.client = name + "_cl"

    def up(self):
        for namespace in (self.router, self.client):
            run("ip", "netns", "add", namespace)
            run("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
            run("ip", "-n", namespace, "link", "set", "lo", "up")
        # Bridged frames stay out of iptables where br_netfilter is built in; the router answers every echo.
        run("ip", "netns", "exec", self.router, "sh", "-c",
            "echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables; echo 0 > /proc/sys/net/ipv4/icmp_ratelimit", check=False)
        lines = []
        for net in NETS:
            lines += ["link add br-%s type bridge mcast_snooping 0 forward_delay 0" % net, "link set br-%s up" % net,
                      "addr add %s/24 dev br-%s" % (address(net, 254), net)]
            for node in NODES:
                lines += ["tuntap add %s mode tap" % tap(node, net),
                          "link set %s txqueuelen 256 master br-%s up" % (tap(node, net), net)]
        lines += ["link add client type veth peer name net0 netns " + self.client, "link set client master br-net0 up"]
        run("ip", "-n", self.router, "-b", "-", input="\n".join(lines) + "\n")
        run("ip", "-n", self.client, "-b", "-", input="addr add %s/24 dev net0\nlink set net0 up\nroute add default via %s\n" % (
            address("net0", 200), address("net0", 254)))

    def down(self):
        for namespace in (self.client, self.router):
            run("ip", "netns", "del", namespace, check=False)

    @staticmethod
    def ends(net, node):
        if net not in NETS:
            raise BedError("no such network: " + net)
        return [tap(n, net) for n in ([node] if node else NODES)]

    def cut(self, net, node=None):
        """Frames vanish; the interface keeps its carrier. Of one node, or of both."""
        for end in self.ends(net, node):
            run("ip", "-n", self.router, "link", "set", end, "nomaster")

    def isolate(self, net):
        """The nodes lose each other; both still reach router, client and power controller."""
        for end in self.ends(net, None):
            run("bridge", "-n", self.router, "link", "set", "dev", end, "isolated", "on")

    def heal(self):
        for net in NETS:
            for end in self.ends(net, None):
                run("ip", "-n", self.router, "link", "set", end, "master", "br-" + net)
                run("bridge", "-n", self.router, "link", "set", "dev", end, "isolated", "off")
