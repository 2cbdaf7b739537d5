"""Starts a server, lets bench_latency measure it, prints the figures.

Both programs are the release build's unless DIEMCAU_BIN and DIEMCAU_BENCH_LATENCY name others.
Arguments: the seconds (60), then --sweep for a site whose frames come at another rate than the
stage's.
"""

import os
import pathlib
import subprocess
import sys

BIN = pathlib.Path(__file__).resolve().parents[3] / "build/release/bin"
os.environ.setdefault("DIEMCAU_BIN", str(BIN / "diemcau"))
PROBE = os.environ.get("DIEMCAU_BENCH_LATENCY", str(BIN / "bench_latency"))
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "fault"))
from meeting_server import MeetingServer  # noqa: E402

with MeetingServer() as server:
    meeting = server.create_meeting("Đo độ trễ")
    # The viewer sits elsewhere: a room that publishes and listens does not hear itself.
    done = subprocess.run([PROBE, server.url, meeting,
                           server.token(meeting, "HD", "site"),
                           server.token(meeting, "HD-VPUBND", "viewer"), *sys.argv[1:3]])
sys.exit(done.returncode)
