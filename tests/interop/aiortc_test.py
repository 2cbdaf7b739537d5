"""A meeting of aiortc peers, in by WHIP and out by WHEP."""
import unittest

from support.aiortc_peer import AiortcPublisher, AiortcViewer
from support.case import BLUE, CHAIR, GREEN, RED, SITE, MeetingTest
from support.whip import post_offer


class AiortcInAMeeting(MeetingTest):
    def check_one_site(self, codec):
        self.enter(AiortcPublisher, SITE, RED, 900, codec=codec)
        viewer = self.watch(AiortcViewer, codec=codec)
        self.assertEqual(viewer.codec, codec)
        # One site fills the stage; corners are kept clear of the name at the bottom.
        self.assert_sees(viewer, {(20, 200): RED, (1240, 200): RED, (640, 400): RED})
        self.assert_moves(viewer, 0, 40, 1280, 80)
        self.assert_hears(viewer, [900], not_tones=[500, 1600])
        self.assertAlmostEqual(viewer.reception.strongest(), 900, delta=5)
        viewer.reception.until_pictures(50)

    def test_vp8_is_seen_and_heard(self):
        self.check_one_site("VP8")

    def test_h264_is_seen_and_heard(self):
        self.check_one_site("H264")

    def test_two_sites_stand_side_by_side_whatever_their_codecs(self):
        self.enter(AiortcPublisher, CHAIR, RED, 500, role="chair", codec="H264")
        self.enter(AiortcPublisher, SITE, BLUE, 900, codec="VP8")
        viewer = self.watch(AiortcViewer)
        self.assert_sees(viewer, {(100, 360): RED, (560, 360): RED, (740, 360): BLUE,
                                  (1200, 360): BLUE})
        picture = viewer.reception.picture
        for above_or_below in (90, 630):  # the tiles take y = 180…540
            self.assertLess(max(picture.colour(320, above_or_below)), 100)
        self.assert_hears(viewer, [500, 900], not_tones=[1600])

    def test_one_site_is_relayed_untouched(self):
        self.enter(AiortcPublisher, CHAIR, RED, 500, role="chair")
        self.enter(AiortcPublisher, SITE, BLUE, 900)
        viewer = self.watch(AiortcViewer, query=f"site={SITE}", codec="VP8")
        # Its own 640×360, not a tile of the stage.
        self.assert_sees(viewer, {(320, 200): BLUE, (20, 340): BLUE}, size=(640, 360))
        self.assert_moves(viewer, 0, 20, 640, 40)
        self.assert_hears(viewer, [500, 900])

    def test_a_relay_follows_its_site_when_it_comes_back(self):
        token = self.token(SITE)
        first = AiortcPublisher(self.server, self.meeting, token, BLUE, 900)
        self.addCleanup(first.close)
        viewer = self.watch(AiortcViewer, query=f"site={SITE}", codec="VP8")
        self.assert_sees(viewer, {(320, 200): BLUE}, size=(640, 360))
        again = AiortcPublisher(self.server, self.meeting, token, RED, 900)
        self.addCleanup(again.close)
        self.assert_sees(viewer, {(320, 200): RED}, size=(640, 360))

    def test_a_relay_is_refused_to_who_cannot_decode_it(self):
        publisher = self.enter(AiortcPublisher, SITE, BLUE, 900, codec="VP8")
        stage = self.watch(AiortcViewer, codec="H264")
        answer = post_offer(self.server.url, f"/whep/{self.meeting}?site={SITE}",
                            self.token(CHAIR, "viewer"), stage.offer)
        # Sound alone is no picture of a site, so the section is refused or the whole offer.
        if answer.status == 201:
            self.assertRegex(answer.text, r"m=video 0 ")
        else:
            self.assertEqual((answer.status, answer.problem["code"]),
                             (400, "sdp.no_usable_media"))
        self.assertEqual(publisher.codec, "VP8")

    def test_a_room_of_whip_and_whep_does_not_hear_itself(self):
        self.enter(AiortcPublisher, SITE, BLUE, 900)
        self.enter(AiortcPublisher, CHAIR, RED, 500, role="chair")
        viewer = self.watch(AiortcViewer, SITE)
        self.assert_hears(viewer, [500], not_tones=[900])
        self.assert_never_heard(viewer, 900)

    def test_a_room_that_listens_first_does_not_hear_itself_either(self):
        viewer = self.watch(AiortcViewer, SITE)
        self.enter(AiortcPublisher, SITE, BLUE, 900)
        self.enter(AiortcPublisher, CHAIR, GREEN, 500, role="chair")
        self.assert_hears(viewer, [500], not_tones=[900])
        self.assert_never_heard(viewer, 900)


if __name__ == "__main__":
    unittest.main()
