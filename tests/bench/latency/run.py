"""Starts a server, lets bench_latency measure it, prints the figures.

DIEMCAU_BIN and DIEMCAU_BENCH_LATENCY name the two programs; an argument gives the seconds (60).
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "fault"))
from meeting_server import MeetingServer  # noqa: E402

with MeetingServer() as server:
    meeting = server.create_meeting("Đo độ trễ")
    # The viewer sits elsewhere: a room that publishes and listens does not hear itself.
    done = subprocess.run([os.environ["DIEMCAU_BENCH_LATENCY"], server.url, meeting,
                           server.token(meeting, "HD", "site"),
                           server.token(meeting, "HD-VPUBND", "viewer"), *sys.argv[1:2]])
sys.exit(done.returncode)
