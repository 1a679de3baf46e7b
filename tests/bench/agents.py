"""What an action of a resource costs, by the way its agent runs: built in, in a shared object, as a program; and in pacemaker-execd.

A thousand resources are handed over from one node to the other: the log says, to the microsecond, when the groups began to stop
and to start and when they were done. The state directory of agents and the files written are in memory, as /run is.
"""
import os
import re
import subprocess
import tempfile
import time

from lab import Lab, Listener, parse_heartbeat, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PLUGINS = os.path.join(ROOT, "artifacts", "plugins")
AGENT_STATE = "/run/resource-agents"
COUNT = 1_000
# A daemon writes a message 20 times in 10 s; a node starts with every second move.
PAUSE_PER_GROUP = 10 / 20 / 2 * 1.1
BEGINS, ENDS = {"stop": "[203]", "start": "[201]", "monitor": "[271]"}, {"stop": "[204]", "start": "[202]", "monitor": "[202]"}

WRITES = '{ agent = "%s", name = "r%d", params = { path = "%s/f%d", content = "x" }%s }'
KINDS = {
    "built in (WriteFile)": "WriteFile",
    "shared object in C": "plugin:WriteFile",
    "shared object in C#": "plugin:WriteFileSharp",
    "the same C file as a program": "plugin:WriteFile",
    "ocf:pacemaker:Dummy (shell)": "ocf:pacemaker:Dummy",
}


def resource(agent, number, directory, more=""):
    if agent.startswith("ocf:"):
        return '{ agent = "%s", name = "r%d", params = { state = "%s/r%d" }%s }' % (agent, number, directory, number, more)
    return WRITES % (agent, number, directory, number, more)


def run_time_ms(process):
    """The time on a processor that the kernel has counted for every thread (/proc/PID/task/*/schedstat)."""
    total = 0
    tasks = "/proc/%d/task" % process.pid
    for task in os.listdir(tasks):
        with open("%s/%s/schedstat" % (tasks, task)) as file:
            total += int(file.read().split()[0])
    return total / 1e6


class Thousand:
    """Two daemons with COUNT resources of one agent in some groups."""

    def __init__(self, program, agent, groups=1, as_program=False, more="", count=COUNT, **settings):
        self.lab = Lab(program, media=("mcast", "ucast"), groups={}, initdead="3s", **{"deadtime": "2s", **settings})
        self.agent, self.groups, self.as_program, self.more, self.count = agent, groups, as_program, more, count
        self.moved = time.monotonic()

    def __enter__(self):
        lab = self.lab.__enter__()
        os.makedirs(AGENT_STATE, exist_ok=True)
        directory = os.path.join(lab.dir, "memory")
        os.mkdir(directory)
        text = lab.config().replace("[haresources]\n", "")
        for group in range(self.groups):
            lines = [resource(self.agent, i, directory, self.more) for i in range(group, self.count, self.groups)]
            text += '[[group]]\nname = "g%d"\nnode = "srv1"\nresources = [\n%s ]\n' % (group, ",\n".join(lines))
        for host in lab.hosts:
            lab.write_config(host, text)
            host.options = ["--plugin-dir", PLUGINS]
            host.in_memory = [AGENT_STATE, directory]
            if self.as_program:
                with open(os.path.join(host.state_dir, "quarantine"), "w") as file:
                    file.write(self.agent[len("plugin:"):] + "\tnow\tbench\n")
        lab.srv1.start()
        lab.srv2.start()
        wait_for(lambda: self.holds(lab.srv1), 300, "%d resources run" % self.count, 0.1)
        wait_for(lambda: (lab.srv2.status() or {"peer": {"state": ""}})["peer"]["state"] == "active", 10, "both nodes are active")
        time.sleep(0.5)
        return self

    def __exit__(self, *exc):
        self.lab.__exit__(*exc)

    def holds(self, host):
        status = host.status()
        return bool(status) and all(group["here"] == "running" for group in status["groups"])

    def move(self):
        """One handover of everything: milliseconds of the stop and of the start, and the processor time of both daemons."""
        time.sleep(max(0, self.moved + PAUSE_PER_GROUP * self.groups - time.monotonic()))
        self.moved = time.monotonic()
        source = self.lab.srv1 if self.holds(self.lab.srv1) else self.lab.srv2
        target = self.lab.peer(source)
        marks = {source: len(source.log()), target: len(target.log())}
        before = sum(run_time_ms(host.process) for host in self.lab.hosts)
        source.hbctl("standby", "all")
        wait_for(lambda: target.log()[marks[target]:].count(ENDS["start"]) >= self.groups, 300, "the other node runs them", 0.02)
        busy = sum(run_time_ms(host.process) for host in self.lab.hosts) - before
        wait_for(lambda: self.holds(target), 10, "the other node runs them")
        return self.span(source, marks[source], "stop"), self.span(target, marks[target], "start"), busy

    def look(self):
        """Milliseconds of one monitor of everything, which is what follows on a maintenance; the other node looks at the same time."""
        owner = self.lab.srv1 if self.holds(self.lab.srv1) else self.lab.srv2
        mark = len(owner.log())
        owner.hbctl("maintenance", "on", "all")
        wait_for(lambda: "[260]" in owner.log()[mark:], 10, "it is in maintenance")
        mark = len(owner.log())
        owner.hbctl("maintenance", "off", "all")
        wait_for(lambda: owner.log()[mark:].count(ENDS["monitor"]) >= self.groups, 300, "the owner has looked at them", 0.02)
        wait_for(lambda: self.holds(owner), 10, "the owner runs them")
        return self.span(owner, mark, "monitor")

    @staticmethod
    def span(host, since, phase):
        def stamps(mark):
            found = re.findall(r"^\S+ (\d\d):(\d\d):(\d\d\.\d+) " + re.escape(mark), host.log()[since:], re.M)
            return [int(h) * 3_600 + int(m) * 60 + float(s) for h, m, s in found]
        return (max(stamps(ENDS[phase])) - min(stamps(BEGINS[phase]))) * 1_000


def lifecycle(program, kind, groups, rounds):
    """Lists of milliseconds for COUNT stops and COUNT starts, the processor milliseconds of both together, and COUNT monitors of one group."""
    with Thousand(program, KINDS[kind], groups, as_program=kind.endswith("as a program")) as pair:
        pair.move()
        moves = [list(values) for values in zip(*[pair.move() for _ in range(rounds)])]
        return moves + [[pair.look() for _ in range(rounds)] if groups == 1 else []]


def compiled(lab_dir, name, *flags):
    target = os.path.join(lab_dir, name)
    subprocess.run(["gcc", "-O2", "-Wall", "-o", target, os.path.join(HERE, name + ".c"), *flags], check=True, timeout=60)
    return target


def bare_spawn(rounds):
    """The same C file started by a loop of posix_spawn and wait, its files in memory too: what no executor can beat."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        program = compiled(directory, "spawn")
        environment = dict(os.environ, OCF_ROOT="/usr/lib/ocf", OCF_RESKEY_content="x", OCF_RESKEY_path=directory + "/f", HA_RSCTMP=directory)
        return [float(subprocess.run([program, str(COUNT), os.path.join(PLUGINS, "WriteFile.so"), "start"], env=environment, check=True,
                                     stdout=subprocess.PIPE, text=True, timeout=300).stdout) for _ in range(rounds)]


def pacemaker(rounds):
    """Milliseconds of start, monitor and stop of COUNT resources in pacemaker-execd; None with the reason where it is not here."""
    daemon = "/usr/lib/pacemaker/pacemaker-execd"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "pacemaker-lrmd", "glib-2.0"], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True)
    if not os.path.exists(daemon) or flags.returncode != 0:
        return None
    runs = []
    with Lab(["true"], media=(), groups={}) as lab:
        client = compiled(lab.dir, "execd", *flags.stdout.split())
        environment = dict(os.environ, PCMK_logfile=os.path.join(lab.dir, "log"))
        os.makedirs(AGENT_STATE, exist_ok=True)
        for _ in range(rounds):
            # The daemon and its client in one host of the lab: their sockets are its own, its state is in memory.
            script = '"$0" & daemon=$!; "$1" "$2"; code=$?; kill $daemon; wait $daemon; exit $code'
            lab.srv1.in_memory = [AGENT_STATE]
            done = subprocess.run(lab.srv1.enter("sh", "-c", script, daemon, client, str(COUNT)), env=environment, check=True,
                                  stdout=subprocess.PIPE, text=True, timeout=300)
            runs.append([float(word) for word in done.stdout.split()[:3]])
    return [list(values) for values in zip(*runs)]


def gaps_while_starting(program, moves):
    """Gaps between heartbeats of both hosts, in milliseconds at 10 ms keepalive, while COUNT resources stop and start again and again."""
    with Thousand(program, KINDS["built in (WriteFile)"], keepalive="10ms", deadtime="500ms") as pair:
        # Each host's frames where the other one hears them: seen on both ends a frame would count as two.
        heard = {pair.lab.peer(host).address(1): Listener(pair.lab, host.namespace, "eth1", parse_heartbeat()) for host in pair.lab.hosts}
        begin = time.time_ns()
        for _ in range(moves):
            pair.move()
        gaps = []
        for source, listener in heard.items():
            stamps = sorted(stamp for stamp, found in listener.since(begin) if found[0] == source)
            gaps += [(b - a) / 1e6 for a, b in zip(stamps, stamps[1:])]
        return gaps


def monitors(program, seconds, count=10_000, interval=10):
    """Processor seconds an hour that COUNT monitors each INTERVAL seconds cost, and the gaps between heartbeats meanwhile."""
    def measure(more):
        with Thousand(program, "WriteFile", 10, more=more, count=count, keepalive="10ms", deadtime="500ms") as pair:
            time.sleep(interval)
            heard = Listener(pair.lab, pair.lab.srv2.namespace, "eth1", parse_heartbeat())
            begin, before = time.time_ns(), run_time_ms(pair.lab.srv1.process)
            time.sleep(seconds)
            busy = run_time_ms(pair.lab.srv1.process) - before
            stamps = sorted(stamp for stamp, found in heard.since(begin) if found[0] == pair.lab.srv1.address(1))
            return busy, [(b - a) / 1e6 for a, b in zip(stamps, stamps[1:])]
    idle, _ = measure("")
    busy, gaps = measure(', monitor = { interval = "%ds" }' % interval)
    return (busy - idle) / seconds, (busy - idle) * interval / seconds / count * 1_000, gaps
