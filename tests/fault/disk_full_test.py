"""A disk with little space: recording refuses or ends by itself, told why; the meeting goes on.

Needs the right to mount a tmpfs (root).
"""

import contextlib
import os
import subprocess
import tempfile
import unittest

from media_file import assert_whole
from meeting_server import MeetingServer

MIB = 1 << 20
RESERVE = 512 * MIB  # RecorderOptions::reserve_bytes
SITES = 2


@contextlib.contextmanager
def small_disk(size):
    with tempfile.TemporaryDirectory(prefix="diemcau-disk-") as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise unittest.SkipTest(f"SKIPPED, NOT TESTED: a tmpfs cannot be mounted: {done.stdout}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def free(folder):
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


class DiskFull(unittest.TestCase):
    @contextlib.contextmanager
    def meeting(self, size):
        with small_disk(size) as folder, MeetingServer(data=folder) as server:
            meeting = server.create_meeting("Hết chỗ ghi")
            server.simulate(meeting, SITES)
            server.until("the sites join", lambda: server.sites(meeting) == SITES)
            yield server, meeting, server.token(meeting)
            self.assertEqual(server.stop(), 0)

    def assert_goes_on(self, server, meeting):
        """The stage and its sound still reach everybody, each by a second's worth of packets."""
        self.assertEqual(server.sites(meeting), SITES)
        for kind in ("video", "audio"):
            sent = lambda: server.metric("diemcau_rtp_packets_total", direction="out", kind=kind)
            before = sent()
            server.until(f"{kind} goes on", lambda: sent() >= before + 50, 10)

    def test_a_recording_that_would_have_no_room_is_refused_and_says_so(self):
        with self.meeting(200 * MIB) as (server, meeting, token):
            answer = server.start_recording(meeting, token)
            print(f"\nrefused with {answer.status}: {answer.body.decode()}")
            self.assertEqual(answer.status, 507)
            self.assertTrue(answer.headers["Content-Type"].startswith("application/problem+json"))
            self.assertEqual(answer.json["code"], "disk.full")
            self.assertEqual(server.recordings(token), {})
            self.assertEqual(os.listdir(os.path.join(server.data, "recordings")), [])
            self.assert_goes_on(server, meeting)

    def test_a_recording_ends_before_the_disk_is_full_and_plays(self):
        with self.meeting(RESERVE + 48 * MIB) as (server, meeting, token):
            answer = server.start_recording(meeting, token)
            self.assertEqual(answer.status, 201, answer.body)
            name = answer.json["id"]
            seconds = lambda: server.metric("diemcau_recording_seconds", meeting=meeting)
            recorded = server.until("two seconds are recorded",
                                    lambda: (length := seconds()) >= 2 and length)

            folder = server.data
            with open(os.path.join(folder, "filler"), "wb") as filler:
                os.posix_fallocate(filler.fileno(), 0, free(folder) - RESERVE + 8 * MIB)
            recording = server.until(
                "the recording ends by itself",
                lambda: (r := server.recordings(token)[name])["state"] != "recording" and r, 10)
            print(f"\n{recording}\nfree: {free(folder) / MIB:.1f} MiB")
            self.assertEqual(recording["problem"], "disk.full")
            self.assertEqual(recording["state"], "finished")
            self.assertGreater(free(folder), RESERVE - 16 * MIB, "it stopped in time")
            # The catalogue may be read before the log line has come through its pipe.
            server.until("the log says so", lambda: any("disk.full" in line for line in server.log))
            self.assert_goes_on(server, meeting)

            with tempfile.TemporaryDirectory() as files:
                path = server.download(recording, token, os.path.join(files, "recording.mp4"))
                streams = assert_whole(self, path)
            # The length told is that of the longer track; both are there to within one fragment.
            ends = [s["end"] for s in streams.values()]
            self.assertGreaterEqual(max(ends), recorded - 0.04)
            self.assertGreaterEqual(min(ends), recorded - 0.5)

            self.assertEqual(server.start_recording(meeting, token).status, 507)
            os.remove(os.path.join(folder, "filler"))
            self.assertEqual(server.start_recording(meeting, token).status, 201, "room again")
            self.assertEqual(server.stop_recording(meeting, token).status, 204)


if __name__ == "__main__":
    unittest.main()
