"""A meeting is recorded, the server killed and started again: chapters.py PROGRAM."""

import json
import sys

from live import MeetingServer, meeting_of, run

AGENDA = [{"title": "Báo cáo trung tâm", "minutes": 20}, {"title": "Biểu quyết", "minutes": 10}]


def main():
    with MeetingServer() as server:
        live = {"chapters": meeting_of(server, "Hội nghị có mốc ghi hình")}
        meeting = live["chapters"]
        answer = server.request(f"/api/v1/meetings/{meeting['meeting']}",
                                meeting["tokens"]["chair"], "PATCH",
                                json.dumps({"agenda": AGENDA}).encode(), "application/json")
        assert answer.status == 200, answer.body
        failed = run(sys.argv[1], server, live, "--gtest_filter=*while_the_chair*")
        server.kill()
        server.start()
        return failed or run(sys.argv[1], server, live, "--gtest_filter=*after_the_server*")


if __name__ == "__main__":
    sys.exit(main())
