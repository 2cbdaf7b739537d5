"""A line between this machine's root namespace and a namespace of its own, made as poor as a test
wants it: delay, jitter, loss, reordering, rate and buffer, each way, changed while it runs.

Needs DIEMCAU_LINE_FAULT, the NFQUEUE program, and the rights of root. Only UDP is spoilt: pages and
signalling pass as they are.

For tests in other languages it is a program: says in a line of JSON what it made or why it cannot,
then answers each line of input, `set down|up|both key=value…` or `counts`, with one of JSON; takes
the line down when its input ends.
"""

import json
import os
import shutil
import subprocess
import sys
import unittest

DOWN, UP = 1, 2  # queues: what the namespace receives, what it sends


def missing():
    """Why no line can be made here; None when one can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for program in ("ip", "iptables"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if not os.path.exists(os.environ.get("DIEMCAU_LINE_FAULT", "")):
        return "line_fault was not built (libnetfilter-queue-dev)"
    name = f"dc-try-{os.getpid()}"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if tried.returncode:
        return f"no network namespace: {tried.stderr.strip()}"
    rule = subprocess.run(["ip", "netns", "exec", name, "iptables", "-A", "INPUT", "-p", "udp",
                           "-j", "NFQUEUE", "--queue-num", "1"], capture_output=True, text=True)
    subprocess.run(["ip", "netns", "del", name], check=False)
    return f"no NFQUEUE: {rule.stderr.strip()}" if rule.returncode else None


def needs_lines(test_case):
    """Skips loudly where lines cannot be made."""
    why = missing()
    if why:
        print(f"\n*** SKIPPED, NOT TESTED: {test_case.__name__}: {why} ***\n", flush=True)
    return unittest.skipIf(why, why or "")(test_case)


class PoorLine:
    """`with PoorLine() as line:` leaves neither namespace, interface nor process behind.

    line.near is our end's address, line.far the one inside; line.inside(words) is the command
    that runs `words` at the far end.
    """

    def __init__(self, seed=1):
        self.seed = seed
        self.name = f"dc-{os.getpid()}"
        self.link = f"dc{os.getpid()}"
        # RFC 2544's range for test benches: routed nowhere.
        net = (os.getpid() % 16384) * 4
        self.near = f"198.18.{net // 256}.{net % 256 + 1}"
        self.far = f"198.18.{net // 256}.{net % 256 + 2}"
        self.process = None

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *failure):
        self.close()

    def _run(self, *words):
        subprocess.run(words, check=True, capture_output=True, text=True)

    def _build(self):
        self._run("ip", "netns", "add", self.name)
        self._run("ip", "link", "add", f"{self.link}a", "type", "veth", "peer", "name",
                  f"{self.link}b", "netns", self.name)
        # IPv6 would give itself an address a second later: to a browser a change of network.
        silence = "for f in /proc/sys/net/ipv6/conf/{}/disable_ipv6; do [ ! -w $f ] || echo 1 > $f; done"
        self._run("sh", "-c", silence.format(f"{self.link}a"))
        self._run(*self.inside("sh", "-c", silence.format(f"{self.link}b")))
        self._run("ip", "address", "add", f"{self.near}/30", "dev", f"{self.link}a")
        self._run("ip", "link", "set", f"{self.link}a", "up")
        self._run(*self.inside("ip", "address", "add", f"{self.far}/30", "dev", f"{self.link}b"))
        self._run(*self.inside("ip", "link", "set", f"{self.link}b", "up"))
        self._run(*self.inside("ip", "link", "set", "lo", "up"))
        self._run(*self.inside("ip", "route", "add", "default", "via", self.near))
        for chain, flag, queue in (("INPUT", "-i", DOWN), ("OUTPUT", "-o", UP)):
            self._run(*self.inside("iptables", "-A", chain, flag, f"{self.link}b", "-p", "udp",
                                   "-j", "NFQUEUE", "--queue-num", str(queue)))
        self.process = subprocess.Popen(
            self.inside(os.environ["DIEMCAU_LINE_FAULT"], str(self.seed), str(DOWN), str(UP)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._expect("ready")

    def _expect(self, word):
        said = self.process.stdout.readline().strip()
        if said != word:
            raise AssertionError(f"line_fault said {said!r}, not {word!r}")

    def inside(self, *words):
        return ["ip", "netns", "exec", self.name, *words]

    def set(self, queue, **settings):
        """Milliseconds and bit/s, e.g. set(DOWN, rate=300_000, buffer=3750, loss=0.05)."""
        words = " ".join(f"{key}={float(value)}" for key, value in settings.items())
        self.process.stdin.write(f"{queue} {words}\n")
        self.process.stdin.flush()
        self._expect("set")

    def both(self, **settings):
        self.set(DOWN, **settings)
        self.set(UP, **settings)

    def counts(self):
        """By queue: packets, lost, overflowed, most_waiting (bytes)."""
        self.process.stdin.write("counts\n")
        self.process.stdin.flush()
        found = [json.loads(self.process.stdout.readline()) for _ in (DOWN, UP)]
        return {c["queue"]: c for c in found}

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(10)
            self.process.stdout.close()
            self.process = None
        subprocess.run(["ip", "link", "del", f"{self.link}a"], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


def _answer(line, words):
    if words[0] == "counts":
        found = line.counts()
        return {"down": found[DOWN], "up": found[UP]}
    settings = dict(word.split("=") for word in words[2:])
    for queue in {"down": [DOWN], "up": [UP], "both": [DOWN, UP]}[words[1]]:
        line.set(queue, **settings)
    return {"set": words[1]}


def main():
    why = missing()
    if why:
        print(json.dumps({"missing": why}), flush=True)
        return
    with PoorLine(int(sys.argv[1])) as line:
        print(json.dumps({"near": line.near, "far": line.far, "inside": line.inside()}), flush=True)
        for command in sys.stdin:
            print(json.dumps(_answer(line, command.split())), flush=True)


if __name__ == "__main__":
    main()
