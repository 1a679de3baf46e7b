"""Maintenance, moves, roles on the socket, respawned programs and hooks, with the real daemon."""
import os
import signal
import subprocess

from case import HbdTest


def end(host):
    host.signal(signal.SIGTERM)
    host.process.wait(15)


class DayToDay(HbdTest):
    def knows(self, lab):
        self.happens(lambda: all((h.status()["peer"].get("maintenance") or {}).get("peer_knows") for h in (lab.srv1, lab.srv2)), 5, "both nodes know")

    def test_maintenance_survives_both_daemons_and_leaves_everything_running(self):
        lab = self.started()
        lab.srv1.hbctl("standby")
        self.one_owner(lab, lab.srv2)
        lab.srv1.hbctl("maintenance", "on")
        self.knows(lab)
        end(lab.srv2)
        self.stays(lambda: lab.srv2.has_address() and not lab.srv1.has_address(), 1.5, "a stopped daemon moves nothing")
        group = lab.srv1.group()
        self.assertIn("in maintenance; srv2 is dead, and it stays where it was", group["reason"])
        end(lab.srv1)
        lab.srv1.start()
        lab.srv2.start()
        self.happens(lambda: (lab.srv2.status() or {"peer": {"state": ""}})["peer"]["state"] == "active", 10, "they are together again")
        self.stays(lambda: lab.srv2.has_address() and not lab.srv1.has_address(), 1, "it stays where it was, not where it is at home")
        refused = lab.srv2.hbctl("standby", check=False)
        self.assertEqual(1, refused.returncode)
        self.assertIn("in maintenance", refused.stderr)
        lab.srv2.hbctl("maintenance", "off")
        self.happens(lambda: lab.srv2.group()["here"] == "running" and lab.srv1.group()["held"] is False, 5, "it is watched again")
        self.one_owner(lab, lab.srv2)

    def test_a_time_runs_out_and_the_dead_node_is_taken_over(self):
        lab = self.started()
        lab.srv2.hbctl("maintenance", "on", "srv1", "--for", "3s")
        self.happens(lambda: lab.srv1.status()["node"]["maintenance"] is not None, 5, "the other node knows")
        lab.srv1.die()
        self.happens(lambda: lab.srv2.status()["peer"]["state"] == "dead", 5, "it is dead")
        self.assertFalse(lab.srv2.has_address())
        self.one_owner(lab, lab.srv2)

    def test_a_move_holds_no_failover_up(self):
        lab = self.started()
        lab.srv1.hbctl("move", lab.srv1.group()["name"], "--for", "1h")
        self.one_owner(lab, lab.srv2)
        self.assertEqual("srv2", lab.srv1.group()["move"]["node"])
        self.assertIn("kept on srv2 by hbctl move, 60 min left", lab.srv1.group()["reason"])
        lab.srv2.die()
        self.one_owner(lab, lab.srv1)

    def test_wrong_use_is_one_line(self):
        lab = self.started()
        for words, text in ((("maintenance", "on", "srv3"), "srv3"), (("maintenance", "on", "--for", "soon"), "expected such as 30m"),
                            (("move", "nothing"), "nothing")):
            done = lab.srv1.hbctl(*words, check=False)
            self.assertNotEqual(0, done.returncode)
            self.assertIn(text, done.stderr)
            self.assertEqual(1, len(done.stderr.strip().splitlines()))

    def test_requests_are_on_record(self):
        lab = self.started()
        lab.srv1.hbctl("standby")
        newest = lab.srv1.status()["changes"][0]
        self.assertEqual("standby all", newest["what"])
        self.assertRegex(newest["who"], r"\(?uid \d+, pid \d+\)?")
        self.assertIn("asked: standby all: accepted", lab.srv1.log())


class Programs(HbdTest):
    def test_respawned_programs_and_hooks(self):
        lab = self.lab()
        rc = os.path.join(lab.dir, "rc.d")
        seen = os.path.join(lab.dir, "seen")
        os.makedirs(os.path.join(rc, "group.d"))
        for name, text in (("status", 'echo "$1 $HA_src $HA_OSTATUS $HA_st"'), ("group.d/20-b", 'echo "b $HA_group $HA_st"'),
                           ("group.d/10-a", 'echo "a $HA_group $HA_st"')):
            path = os.path.join(rc, name)
            with open(path, "w") as file:
                file.write("#!/bin/sh\n%s >> %s.$HA_CURHOST\n" % (text, seen))
            os.chmod(path, 0o755)
        lab.more = '[hooks]\ndirectory = "%s"\n\n' % rc
        for program in ("/bin/sleep 86423", "/bin/sh -c 'exit 100'"):
            words = program.split(" ", 2)
            args = [words[1]] + ([words[2].strip("'")] if len(words) > 2 else [])
            lab.more += '[[respawn]]\nuser = "0"\nprogram = "%s"\nargs = [%s]\n\n' % (words[0], ", ".join('"%s"' % a for a in args))
        lab.write_config(lab.srv1)
        lab.write_config(lab.srv2)
        lab.start()
        self.one_owner(lab, lab.srv1)

        def lines():
            try:
                with open(seen + ".srv1") as file:
                    return file.read().splitlines()
            except FileNotFoundError:
                return []

        name = lab.srv1.group()["name"]
        self.happens(lambda: "b %s running" % name in lines(), 5, "the hooks have run")
        found = lines()
        self.assertIn("status srv2 init active", [line.replace("init up", "init active") for line in found])
        self.assertEqual(found.index("a %s running" % name) + 1, found.index("b %s running" % name))

        def pid():
            done = subprocess.run(["pgrep", "-P", str(lab.srv1.process.pid), "-f", "sleep 86423"], stdout=subprocess.PIPE, text=True)
            return int(done.stdout.split()[0]) if done.stdout.strip() else 0

        self.happens(lambda: pid() > 0, 5, "it runs")
        first = pid()
        self.assertEqual("0", open("/proc/%d/oom_score_adj" % first).read().strip())
        os.kill(first, signal.SIGTERM)
        self.happens(lambda: pid() not in (0, first), 5, "it is started again")
        self.assertIn("ended with code 100, not started again", lab.srv1.log())
        last = pid()
        end(lab.srv1)
        self.happens(lambda: not os.path.exists("/proc/%d" % last), 5, "it ends with the daemon")


class Roles(HbdTest):
    def test_groups_decide_who_may_do_what(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to become other users")
        lab = self.started(more='[control]\nviewer_group = "64710"\noperator_group = "64711"\nadmin_group = "64712"\n')
        host = lab.srv1
        path = host.run_dir
        while path.startswith(lab.dir):
            os.chmod(path, 0o755)
            path = os.path.dirname(path)

        def ask(groups, *words):
            return subprocess.run([*lab.program, "ctl", "--run-dir", host.run_dir, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, timeout=20, user=64799, group=64799, extra_groups=groups)

        stranger = ask([], "status")
        self.assertNotEqual(0, stranger.returncode)
        self.assertIn("needs the role viewer", stranger.stderr)
        self.assertEqual(0, ask([64710], "status").returncode)
        refused = ask([64710], "standby")
        self.assertEqual(4, refused.returncode)
        self.assertEqual("permission denied: standby needs the role operator; be root, or join the group 64711 or 64712 (usermod -aG) and log in again\n",
                         refused.stderr)
        self.assertEqual(0, ask([64711], "standby").returncode)
        self.one_owner(lab, lab.srv2)
        self.assertEqual(4, ask([64711], "stop").returncode)
        self.assertIn("uid 64799", host.status()["changes"][0]["who"])
        self.assertIn("asked: standby all: permission denied", host.log())
        self.assertEqual(0, ask([64712], "stop").returncode)
