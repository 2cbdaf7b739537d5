"""Starts a server with meetings and runs a test program against it: live.py PROGRAM.

The program finds address, meetings and tokens in DIEMCAU_LIVE, as JSON.
"""

import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "fault"))
from meeting_server import MeetingServer  # noqa: E402

WHO = {"chair": ("HD", "chair"), "secretary": ("HD", "secretary"), "co_chair": ("HD-SNV", "site"),
       "holder": ("HD-10507", "site"), "site": ("HD-10510", "site"), "spare": ("HD-10513", "site"),
       "viewer": ("HD-VPUBND", "viewer")}


def add_account(server, username, password, role, unit):
    subprocess.run([server.binary, "user", "add", username, "--role", role, "--unit", unit,
                    "--password-stdin", "--data", server.data],
                   input=password + "\n", text=True, check=True, stdout=subprocess.DEVNULL)


def meeting_of(server, title):
    """A meeting with a token for everybody in WHO."""
    meeting = server.create_meeting(title)
    return {"meeting": meeting, "tokens": {name: server.token(meeting, *who)
                                           for name, who in WHO.items()}}


def run(program, server, live, *arguments):
    """The program's exit code; what the server said, where it failed."""
    live = {"port": int(server.url.rsplit(":", 1)[1]), **live}
    done = subprocess.run([program, *arguments],
                          env={**os.environ, "DIEMCAU_LIVE": json.dumps(live)})
    if done.returncode != 0:
        print(server.said(), file=sys.stderr)
    return done.returncode


def main():
    with MeetingServer() as server:
        add_account(server, "huyen", "mat khau 123", "secretary", "HD-288")
        return run(sys.argv[1], server, {
            "rights": meeting_of(server, "Hội nghị tỉnh"),
            "elsewhere": meeting_of(server, "Hội nghị khác"),
            "sound": meeting_of(server, "Hội nghị thử tiếng")})


if __name__ == "__main__":
    sys.exit(main())
