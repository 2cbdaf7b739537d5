"""Sound and picture of a recording belong together, at its start and at its end.

DIEMCAU_AV_SECONDS: how long is recorded (60).
"""

import array
import os
import subprocess
import tempfile
import time
import unittest

from flash_and_beep_site import FPS, GREY, PERIOD, WHITE, FlashAndBeepSite
from media_file import assert_whole, top_boxes
from meeting_server import MeetingServer

SECONDS = float(os.environ.get("DIEMCAU_AV_SECONDS", "60"))
RATE = 8000
STEP = RATE // 1000  # onsets of sound are found to the millisecond
LIMIT = 0.080


def decoded(path, *arguments):
    return subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", path, *arguments, "-"],
                          check=True, stdout=subprocess.PIPE).stdout


def rises(levels, threshold, step, quiet):
    """When `levels`, one each `step` seconds, pass the threshold after `quiet` seconds below it."""
    found, below = [], 0.0
    for number, level in enumerate(levels):
        if level < threshold:
            below += step
        else:
            if below >= quiet:
                found.append(number * step)
            below = 0.0
    return found


def flashes(path):
    """Onsets in seconds. A constant rate by ffmpeg's own filter puts every picture at its time."""
    # The middle: the name label and the frame of the speaking site are at the edges.
    raw = decoded(path, "-an", "-vf", f"fps={4 * FPS},crop=iw/2:ih/2,scale=4:4:flags=area,format=gray",
                  "-f", "rawvideo")
    means = [sum(raw[at:at + 16]) / 16 for at in range(0, len(raw) - 15, 16)]
    return rises(means, (GREY + WHITE) / 2, 1 / (4 * FPS), 0.5)


def beeps(path):
    pcm = array.array("h", decoded(path, "-vn", "-ac", "1", "-ar", str(RATE), "-f", "s16le"))
    peaks = [max(map(abs, pcm[at:at + STEP])) for at in range(0, len(pcm) - STEP + 1, STEP)]
    return rises(peaks, 1500, STEP / RATE, 0.5)


def pairs(first, second):
    """Each of `first` with the nearest of `second`: (when, second − first)."""
    return [(at, min((other - at for other in second), key=abs)) for at in first]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


class FlashAndBeep(unittest.TestCase):
    def test_flash_and_beep_are_recorded_together_and_the_length_is_the_clocks(self):
        with tempfile.TemporaryDirectory() as files, MeetingServer() as server:
            meeting = server.create_meeting("Hình và tiếng")
            token = server.token(meeting)
            with FlashAndBeepSite(server, meeting, server.token(meeting, "HD", "site")):
                server.until("the site's picture is decoded",
                             lambda: server.metric("diemcau_decodes") >= 1)
                answer = server.start_recording(meeting, token)
                started = time.monotonic()
                self.assertEqual(answer.status, 201, answer.body)
                server.pass_time(SECONDS)
                asked = time.monotonic()
                stopped = server.stop_recording(meeting, token)
                finishing = time.monotonic() - asked
                self.assertEqual(stopped.status, 204, stopped.body)
                recording = server.recordings(token)[answer.json["id"]]
                self.assertEqual(recording["state"], "finished")
                self.assertEqual(recording["problem"], "")
            path = server.download(recording, token, os.path.join(files, "recording.mp4"))
            self.check(path, asked - started, finishing)
            self.assertEqual(server.stop(), 0)

    def check(self, path, wall, finishing):
        streams = assert_whole(self, path)
        ends = {kind: stream["end"] for kind, stream in streams.items()}
        print(f"\nwall clock {wall:.3f} s, picture {ends['video']:.3f} s, sound "
              f"{ends['audio']:.3f} s; stopped in {finishing:.3f} s; boxes {top_boxes(path)}")
        lights, tones = flashes(path), beeps(path)
        # A flash or beep cut by the start or the end of the recording has no partner.
        found = [pair for pair in pairs(lights, tones) if 0.2 < pair[0] < wall - 0.5]
        for at, late in found[:3] + found[-3:]:
            print(f"  flash at {at:8.3f} s, beep {late * 1000:+5.0f} ms")
        self.assertLessEqual(finishing, 2.0)
        for kind, end in ends.items():
            self.assertLess(abs(end - wall), 0.5, kind)
        expected = int(wall / PERIOD)
        self.assertGreaterEqual(len(lights), expected - 1)
        self.assertGreaterEqual(len(tones), expected - 1)
        few = max(2, min(5, len(found) // 3))
        begin, end = (mean(late for _, late in part) for part in (found[:few], found[-few:]))
        print(f"beep after flash: {begin * 1000:+.0f} ms at the start, {end * 1000:+.0f} ms at the "
              f"end, worst {max((late for _, late in found), key=abs) * 1000:+.0f} ms")
        self.assertLessEqual(abs(begin), LIMIT, "at the start")
        self.assertLessEqual(abs(end), LIMIT, "at the end")
        self.assertLessEqual(max(abs(late) for _, late in found), LIMIT, "anywhere")
        self.assertLessEqual(abs(end - begin), 0.040, "drift: more than one picture")


if __name__ == "__main__":
    unittest.main()
