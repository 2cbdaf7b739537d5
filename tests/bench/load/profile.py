"""Where the transport thread spends its time with 266 receivers of the stage at 720p and sound: shares by
library and by function, and who asks for memory or a mutex. Wants perf (Debian's linux-perf) and
the right to use it. Prints Markdown; docs/bench/profile.md is made of it.
"""

import collections
import os
import pathlib
import subprocess
import sys
import tempfile

from load import LoadClient, LoadServer

RECEIVERS = 266
SECONDS = 8
#: What a packet passes on its way to a receiver. None of it may ask for memory or a mutex.
PACKET_PATH = ("RtpSender::on_chunk", "RtpSender::send",
               "SecureTransportImpl::commit_rtp", "srtp_protect", "SendBatch::flush",
               "UdpSender::send")
ASKED = ("malloc", "calloc", "realloc", "free", "pthread_mutex_lock")


def transport_threads(pid):
    return [task.name for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
            if (task / "comm").read_text().startswith("transport")]


def perf(*words):
    return subprocess.run(["perf", *map(str, words)], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def shares(data, by):
    rows = []
    for line in perf("report", "-i", data, "--stdio", "--sort", by).splitlines():
        words = line.split()
        if words and words[0].endswith("%"):
            rows.append((float(words[0][:-1]), " ".join(words[1:])))
    return rows


def stacks(data):
    """The functions above each sample, innermost first."""
    stack = []
    for line in perf("script", "-i", data, "-F", "ip,sym").splitlines():
        if line.strip():
            stack.append(line.strip().split(" ", 1)[-1])
        elif stack:
            yield stack
            stack = []
    if stack:
        yield stack


def plain(function):
    return function.replace("(anonymous namespace)::", "").split("(")[0].split("<")[0]


def asked_for(pid, threads, folder):
    """(calls a second, {who called: times}, those from the packet path) of memory and mutexes."""
    library = next(line.split()[-1] for line in
                   pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()
                   if line.endswith("/libc.so.6"))
    events = []
    try:
        for name in ASKED:
            perf("probe", "-q", "-f", "-x", library, f"diemcau_{name}={name}")
            events += ["-e", f"probe_libc:diemcau_{name}"]
        data = folder / "asked"
        # Libraries have no frame pointers: whose call it was is found from copies of the stack.
        perf("record", "-q", "--call-graph", "dwarf,16384", *events, "-t", ",".join(threads), "-o",
             data, "--", "sleep", 1)
    finally:
        subprocess.run(["perf", "probe", "-q", "-d", "probe_libc:diemcau_*"], check=False)
    callers, total, on_path = collections.Counter(), 0, []
    for stack in stacks(data):
        total += 1
        ours = next((f for f in stack if f.startswith("diemcau::")), "nothing of ours is known")
        callers[plain(ours)] += 1
        if any(step in f for f in stack for step in PACKET_PATH):
            on_path.append(" < ".join(stack[:8]))
    return total, callers, on_path


def main():
    with tempfile.TemporaryDirectory() as folder, \
            LoadServer(["--max-viewers", str(RECEIVERS + 10)]) as server:
        folder = pathlib.Path(folder)
        tokens = server.site_tokens(17)
        with LoadClient.of(server, "--site-tokens", tokens, "--cameras", 16, "--speakers", 1,
                           "--layout", "grid", "--send-only", "--coalesced",
                           "--decrypting", 2) as load:
            load.sites(2)
            joined = load.receivers(RECEIVERS, 6)
            assert joined["failed"] == 0, joined
            server.pass_time(6)
            pid = server.process.pid
            threads = transport_threads(pid)
            data = folder / "samples"
            perf("record", "-q", "-F", 1999, "-t", ",".join(threads), "-o", data, "--", "sleep",
                 SECONDS)
            a_second, callers, on_path = asked_for(pid, threads, folder)
        print("| share | library |\n|---|---|")
        for share, name in shares(data, "dso")[:8]:
            print(f"| {share:.1f} % | {name} |")
        print("\n| share | function |\n|---|---|")
        for share, name in shares(data, "dso,symbol")[:25]:
            print(f"| {share:.1f} % | `{name.removesuffix(' - -')}` |")
        print(f"\n{a_second:.0f} calls a second of {', '.join(ASKED)} on the transport thread, by "
              "the function of ours they come through:\n\n| share | function |\n|---|---|")
        for name, count in callers.most_common(12):
            print(f"| {100 * count / max(1, callers.total()):.1f} % | `{name}` |")
        print(f"\nFrom the packet path: {len(on_path)}")
        for stack in on_path[:5]:
            print(f"- `{stack}`")
    return 1 if on_path else 0


if __name__ == "__main__":
    sys.exit(main())
