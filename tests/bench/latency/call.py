"""Starts a server with a chair and eight sites and lets bench_call call them to the stage.

The programs are the release build's unless DIEMCAU_BIN and DIEMCAU_BENCH_CALL name others.
"""

import os
import pathlib
import sqlite3
import subprocess
import sys

BIN = pathlib.Path(__file__).resolve().parents[3] / "build/release/bin"
os.environ.setdefault("DIEMCAU_BIN", str(BIN / "diemcau"))
BENCH = os.environ.get("DIEMCAU_BENCH_CALL", str(BIN / "bench_call"))
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "fault"))
from meeting_server import MeetingServer  # noqa: E402

SITES = 8

with MeetingServer() as server:
    meeting = server.create_meeting("Đo lời mời lên hình")
    with sqlite3.connect(f"file:{server.data}/diemcau.db?mode=ro", uri=True) as database:
        units = [row[0] for row in database.execute(
            "SELECT unit FROM meeting_expected WHERE meeting_id = ? AND unit <> 'HD'"
            " ORDER BY position LIMIT ?", (meeting, SITES))]
    done = subprocess.run([BENCH, server.url, meeting,
                           server.token(meeting, "HD-VPUBND", "viewer"),
                           server.token(meeting, "HD", "chair"),
                           *(server.token(meeting, unit, "site") for unit in units)])
sys.exit(done.returncode)
