"""A meeting with GStreamer's webrtcbin, alone and beside aiortc."""
import unittest

from support.aiortc_peer import AiortcPublisher, AiortcViewer
from support.case import BLUE, CHAIR, RED, SITE, MeetingTest
from support.webrtcbin_peer import WebrtcbinPublisher, WebrtcbinViewer


class WebrtcbinInAMeeting(MeetingTest):
    def check_one_site(self, codec):
        self.enter(WebrtcbinPublisher, SITE, RED, 900, codec=codec)
        viewer = self.watch(WebrtcbinViewer, codec=codec)
        self.assert_sees(viewer, {(20, 200): RED, (1240, 200): RED, (640, 400): RED})
        self.assert_moves(viewer, 0, 0, 1280, 600)
        self.assert_hears(viewer, [900], not_tones=[500, 1600])
        self.assertAlmostEqual(viewer.reception.strongest(), 900, delta=5)
        viewer.reception.until_pictures(50)

    def test_h264_is_seen_and_heard(self):
        self.check_one_site("H264")

    def test_vp8_is_seen_and_heard(self):
        self.check_one_site("VP8")

    def test_one_site_is_relayed_untouched(self):
        self.enter(WebrtcbinPublisher, SITE, BLUE, 900, codec="H264")
        viewer = self.watch(WebrtcbinViewer, query=f"site={SITE}", codec="H264")
        self.assert_sees(viewer, {(40, 60): BLUE, (600, 300): BLUE}, size=(640, 360))
        self.assert_hears(viewer, [900])

    def test_aiortc_and_webrtcbin_see_and_hear_each_other(self):
        self.enter(WebrtcbinPublisher, CHAIR, RED, 500, role="chair", codec="H264")
        self.enter(AiortcPublisher, SITE, BLUE, 900, codec="VP8")
        sides = {(100, 360): RED, (560, 360): RED, (740, 360): BLUE, (1200, 360): BLUE}
        # Each room listens with a viewer of its own unit, so it hears the other one only.
        chair = self.watch(WebrtcbinViewer, CHAIR, codec="H264")
        site = self.watch(AiortcViewer, SITE, codec="VP8")
        for viewer, other, own in ((chair, 900, 500), (site, 500, 900)):
            self.assert_sees(viewer, sides)
            self.assert_hears(viewer, [other], not_tones=[own])


if __name__ == "__main__":
    unittest.main()
