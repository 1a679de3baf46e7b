"""
A pair of MariaDB servers that replicate, with the real agent ocf:heartbeat:mysql: where the promoted one's binary log began is an attribute of
the whole cluster, and the other one learns it by the notification after the promotion. A replica hears of the demotion of the other, and with that
waits for the rest of its log, before it is promoted itself; and a node that starts has heard of the other.
"""
import mariadb_pair


class Mysql(mariadb_pair.MariadbPair):
    SECONDS = 30
    AGENT = "/usr/lib/ocf/resource.d/heartbeat/mysql"
    GROUP = """
[[group]]
name = "db"
node = "srv1"
resources = [
  { agent = "ocf:heartbeat:mysql", name = "my", role = "promotable", monitor = { interval = "5s", timeout = "20s", deep = [{ level = 10, interval = "1s", timeout = "20s" }] },
    params = { %(params)s } },
  "%(vip)s/24/eth0",
]
"""

    def test_it_replicates_switches_fails_over_and_comes_back(self):
        lab = self.pair()
        srv1, srv2 = lab.srv1, lab.srv2
        self.roles(lab, srv1)
        self.write(srv1, "one")
        self.happens(lambda: self.words(srv2) == "one", 20, "srv2 has the row")

        # A replica that is behind when the roles are switched: the rest of the log is waited for before it is promoted.
        self.sql(srv2, "stop slave; change master to master_delay = 3; start slave")
        self.happens(lambda: self.replicates(srv2), 10, "srv2 replicates with a delay")
        self.write(srv1, "late")
        srv1.hbctl("standby")
        self.roles(lab, srv2)
        self.assertEqual("one\nlate", self.words(srv2))
        self.write(srv2, "two")
        self.happens(lambda: self.words(srv1) == "one\nlate\ntwo", 20, "srv1 has the row")

        self.die(srv2)
        self.roles(lab, srv1)
        self.assertEqual("one\nlate\ntwo", self.words(srv1))
        self.write(srv1, "three")

        # Its cables are there a little later than hbd.
        srv2.clean()
        began = srv2.log().count("starting the instance of my")
        srv2.start()
        self.happens(lambda: srv2.group("db") and self.state(srv2) == "stopped", 5, "srv2 has looked what runs there")
        self.assertEqual(began, srv2.log().count("starting the instance of my"), "it waits for the peer's word")
        lab.plug_all(srv2)
        self.roles(lab, srv1)
        self.happens(lambda: self.words(srv2) == "one\nlate\ntwo\nthree", 20, "srv2 has the rows")
        self.write(srv1, "four")
        self.happens(lambda: self.words(srv2) == "one\nlate\ntwo\nthree\nfour", 20, "srv2 follows")
