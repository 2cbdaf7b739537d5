"""A publisher that is killed: it is noticed, and nobody else's picture or sound stands still."""
import signal
import subprocess
import sys
import time
import unittest

from support.case import BLUE, CHAIR, RED, SITE, MeetingTest
from support.server import die_with_parent
from support.webrtcbin_peer import WebrtcbinPublisher, WebrtcbinViewer

LONGEST_GAP = 0.5  # seconds between two pictures, at 25 pictures a second
# Consent (RFC 7675) is asked every 5 s or less and fails after 10–15 s without an answer.
NOTICED_WITHIN = 20
ASK_EVERY = 25  # pictures


class VanishedPeer(MeetingTest):
    def publish_in_a_process(self, unit, frequency):
        process = subprocess.Popen(
            [sys.executable, "-B", "-m", "support.publish", self.server.url, self.meeting,
             self.token(unit), str(frequency)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)

        def end():
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()

        self.addCleanup(end)
        self.assertEqual(process.stdout.readline(), b"publishing\n")
        return process

    def test_a_killed_publisher_is_noticed_and_disturbs_nobody(self):
        self.enter(WebrtcbinPublisher, CHAIR, RED, 500, role="chair")
        doomed = self.publish_in_a_process(SITE, 900)
        viewer = self.watch(WebrtcbinViewer)
        self.assert_sees(viewer, {(300, 300): RED, (960, 360): BLUE})
        self.assert_hears(viewer, [500, 900])

        doomed.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        doomed.wait()
        seen = viewer.reception
        asked = [seen.pictures]

        def noticed():
            if seen.pictures < asked[0] + ASK_EVERY:
                return False
            asked[0] = seen.pictures
            return self.server.connected(self.meeting) == 1

        seen.until("the loss to be noticed", noticed, NOTICED_WITHIN)
        took = time.monotonic() - killed
        self.assertGreater(took, 2, "noticed sooner than by consent: this was no vanished peer")
        why = [event["data"]["why"] for event in
               self.server.events(self.meeting, "participant.left")]
        self.assertEqual(len(why), 1)
        self.assertRegex(why[0], "^lost")

        # The other one goes on: seen, moving, heard; and the lost one's tile has dimmed.
        self.assert_sees(viewer, {(300, 300): RED})
        seen.until("a dimmed tile", lambda: seen.picture.colour(960, 250)[2] < 160)
        self.assert_moves(viewer, 0, 180, 640, 300)
        self.assert_hears(viewer, [500], not_tones=[900])
        gap = seen.longest_gap(killed)
        self.assertLess(gap, LONGEST_GAP, f"the picture stood still for {gap:.2f} s")
        print(f"noticed after {took:.1f} s, longest gap {gap * 1000:.0f} ms", file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
