"""What the load figures share: the server under load, the load client, and what they cost.

Both programs are the release build's unless DIEMCAU_BIN and DIEMCAU_LOAD_CLIENT name others.
"""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "fault"))
from meeting_server import MeetingServer  # noqa: E402

BIN = pathlib.Path(__file__).resolve().parents[3] / "build/release/bin"
os.environ.setdefault("DIEMCAU_BIN", str(BIN / "diemcau"))
os.environ.setdefault("DIEMCAU_LOAD_CLIENT", str(BIN / "load_client"))
TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    """User and system time of all threads of a process, also of those that ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def by_thread(pid):
    """The same by thread name, summed over threads of one name."""
    times = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            head, rest = (task / "stat").read_text().rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        fields = rest.split()
        name = head.split("(", 1)[1]
        times[name] = times.get(name, 0) + (int(fields[11]) + int(fields[12])) / TICK
    return times


def resident_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class LoadServer(MeetingServer):
    """A server with one meeting and a viewer's token for any number of receivers."""

    def __init__(self, options=()):
        super().__init__()
        self.options = list(options)

    def start(self):
        super().start()
        self.meeting = self.create_meeting("Đo tải")
        self.viewer = self.token(self.meeting, "HD-VPUBND", "viewer")

    def dropped(self):
        """Packets it held back or had no room for; their receivers see no gap for some of them."""
        return int(sum(self.metric("diemcau_queue_dropped_total", queue=queue) for queue in (
            "pacer", "socket-send", *(f"transport-{i}-media" for i in range(os.cpu_count())))))

    def site_tokens(self, count):
        """A file with the tokens of the chair and of the first expected units."""
        with sqlite3.connect(f"file:{self.data}/diemcau.db?mode=ro", uri=True) as database:
            units = [row[0] for row in database.execute(
                "SELECT unit FROM meeting_expected WHERE meeting_id = ? ORDER BY position",
                (self.meeting,))]
        units = ["HD"] + [unit for unit in units if unit != "HD"]
        if len(units) < count:
            raise AssertionError(f"only {len(units)} units are expected, {count} wanted")
        path = pathlib.Path(self.data) / f"site-tokens-{count}"
        path.write_text("\n".join(
            self.token(self.meeting, unit, "chair" if unit == "HD" else "site")
            for unit in units[:count]))
        return path


class LoadClient:
    """`with LoadClient(...) as load:` commands as in tests/bench/load/main.cpp."""

    def __init__(self, url, *words):
        self.process = subprocess.Popen(
            [os.environ["DIEMCAU_LOAD_CLIENT"], "--url", url, *map(str, words)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @classmethod
    def of(cls, server, *words):
        return cls(server.url, "--meeting", server.meeting, "--token", server.viewer, *words)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        try:
            self.process.communicate("quit\n", timeout=20)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self.process.kill()
            self.process.wait()

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the load client ended with {self.process.wait()}")
        return json.loads(line)

    def sites(self, seconds):
        return self.ask("sites", seconds)

    def receivers(self, count, seconds):
        return self.ask("receivers", count, seconds)

    def counts(self):
        return self.ask("counts")


class Window:
    """What passed between its making and close(): packets, losses, the server's CPU time."""

    def __init__(self, load, pid, dropped=lambda: 0):
        """`dropped`: what the server says it did not send, in packets."""
        self.load, self.pid, self.read_dropped = load, pid, dropped
        self.before = self._read()

    def _read(self):
        counts = self.load.counts()
        return {**counts, "server": processor_seconds(self.pid), "threads": by_thread(self.pid),
                "dropped": self.read_dropped()}

    def close(self):
        after = self._read()
        passed = {key: after[key] - self.before[key] for key in after
                  if isinstance(after[key], (int, float))}
        for key in ("packets", "server", "processor", "lost", "lost_here", "overflowed", "seconds",
                    "dropped"):
            setattr(self, key, passed[key])
        self.pictures = passed["pictures"]
        self.bytes = passed["bytes"]
        self.threads = {name: after["threads"][name] - self.before["threads"].get(name, 0)
                        for name in after["threads"]}
        self.connected = after["connected"]
        return self

    @property
    def server_cores(self):
        return self.server / self.seconds

    @property
    def client_cores(self):
        return self.processor / self.seconds

    def busiest(self):
        shown = sorted(self.threads.items(), key=lambda item: -item[1])[:8]
        return ", ".join(f"{name} {value / self.seconds:.3f}" for name, value in shown if value > 0)


def measure(server, load, seconds):
    """A Window of so many seconds on a meeting that goes on by itself."""
    window = Window(load, server.process.pid, server.dropped)
    server.pass_time(seconds)
    return window.close()


def figure(name, value, unit, **more):
    print(json.dumps({"figure": name, "value": value, "unit": unit, **more}), flush=True)


def say(text):
    print(text, flush=True)
