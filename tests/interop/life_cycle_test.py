"""The life of a WHIP or WHEP session in HTTP: refusals, trickle, restart, replacement, the end."""
import unittest

from support import offers
from support.aiortc_peer import AiortcPublisher, AiortcViewer
from support.case import BLUE, CHAIR, GUEST, RED, SITE, MeetingTest, is_colour
from support.http import request
from support.whip import FRAGMENT, SDP, Session, attribute, ice_fragment, post_offer

NEW_UFRAG, NEW_PASSWORD = "anew", "interop-after-a-restart"


class Refusals(MeetingTest):
    def assert_refused(self, reply, status, code=None):
        self.assertEqual(reply.status, status, reply.body)
        problem = reply.problem
        self.assertEqual(problem.get("status"), status)
        if code:
            self.assertEqual(problem.get("code"), code)
        self.assertEqual(self.server.connected(self.meeting), 0)

    def post(self, path, token, body=None, content_type=SDP):
        return post_offer(self.server.url, path, token, offers.offer() if body is None else body,
                          content_type)

    def test_no_token_and_a_wrong_one_are_refused(self):
        for path in (f"/whip/{self.meeting}", f"/whep/{self.meeting}"):
            for token in (None, "not-a-token"):
                reply = self.post(path, token)
                self.assert_refused(reply, 401)
                self.assertIn("Bearer", reply.headers["WWW-Authenticate"])

    def test_a_viewer_may_not_publish(self):
        self.assert_refused(self.post(f"/whip/{self.meeting}", self.token(SITE, "viewer")),
                            403, "auth.forbidden")

    def test_a_token_is_for_one_meeting(self):
        token = self.token(SITE)
        other = self.server.create_meeting("Phiên khác")
        self.assert_refused(self.post(f"/whip/{other}", token), 403)

    def test_an_unknown_meeting_is_not_found(self):
        # A token names its meeting, so only an account's bearer could ask further: for a token
        # any other meeting is another's, known or not.
        reply = self.post("/whip/nosuchmeeting", self.token(SITE))
        self.assertIn(reply.status, (403, 404))
        self.assert_refused(reply, reply.status)

    def test_what_is_no_usable_offer_is_refused(self):
        token = self.token(SITE)
        good = offers.offer()
        bad = {
            "": "sdp.empty",
            "hello": "sdp.malformed",
            "v=0\r\n" + "\x00" * 20: "sdp.malformed",
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n": "sdp.no_media",
            good.replace("a=ice-ufrag:" + offers.UFRAG, "a=ice-ufrag:x"): "sdp.no_ice",
            good.replace("a=fingerprint:", "a=nothing:"): "sdp.no_fingerprint",
            good.replace("opus", "speex").replace("VP8", "theora"): "sdp.no_usable_media",
        }
        for body, code in bad.items():
            with self.subTest(code):
                self.assert_refused(self.post(f"/whip/{self.meeting}", token, body), 400, code)

    def test_another_content_type_is_refused(self):
        token = self.token(SITE)
        for kind in ("text/plain", "application/json", None):
            with self.subTest(kind):
                self.assert_refused(
                    self.post(f"/whip/{self.meeting}", token, content_type=kind), 415)

    def test_a_query_that_means_two_things_is_refused(self):
        token = self.token(SITE, "viewer")
        for query in ("view=nothing", "view=stage&site=HD", "site="):
            with self.subTest(query):
                self.assert_refused(self.post(f"/whep/{self.meeting}?{query}", token,
                                              offers.offer("recvonly")), 400)

    def test_a_site_that_is_not_there_cannot_be_watched(self):
        self.assert_refused(self.post(f"/whep/{self.meeting}?site=HD", self.token(SITE, "viewer"),
                                      offers.offer("recvonly")), 404, "site.not_connected")


class Sessions(MeetingTest):
    def session(self, token=None):
        return Session(self.server.url, f"/whip/{self.meeting}", token or self.token(SITE),
                       offers.offer())

    def test_the_endpoint_says_what_it_takes(self):
        session = self.session()
        for path, allowed, header, kind in (
                (f"/whip/{self.meeting}", "POST", "Accept-Post", SDP),
                (session.location, "PATCH", "Accept-Patch", FRAGMENT)):
            reply = request(self.server.url, "OPTIONS", path)
            self.assertEqual(reply.status, 204)
            self.assertIn(allowed, reply.headers["Allow"])
            self.assertEqual(reply.headers[header], kind)

    def test_a_candidate_can_come_later(self):
        session = self.session()
        fragment = ice_fragment(offers.offer(), offers.UFRAG, offers.PASSWORD, [offers.CANDIDATE])
        reply = session.patch(fragment, session.etag)
        self.assertEqual((reply.status, reply.body), (204, b""))
        self.assertEqual(session.patch(fragment).status, 428)
        self.assertEqual(session.patch(fragment, '"another"').status, 412)
        self.assertEqual(session.patch(fragment, session.etag, "text/plain").status, 415)
        self.assertEqual(session.patch("hello", session.etag).status, 400)
        self.assertEqual(session.patch(fragment, session.etag).status, 204)

    def test_ice_restarts(self):
        session = self.session()
        fragment = ice_fragment(offers.offer(), NEW_UFRAG, NEW_PASSWORD, [offers.CANDIDATE])
        reply = session.patch(fragment, "*")
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(reply.headers.get_content_type(), FRAGMENT)
        for name in ("ice-ufrag", "ice-pwd"):
            self.assertTrue(attribute(reply.text, name))
            self.assertNotEqual(attribute(reply.text, name), attribute(session.answer, name))
        self.assertTrue(attribute(reply.text, "candidate"))
        renewed = reply.headers["ETag"]
        self.assertTrue(renewed and renewed != session.etag)
        # The old ICE session's tag is of no use any more.
        trickle = ice_fragment(offers.offer(), NEW_UFRAG, NEW_PASSWORD, [offers.CANDIDATE])
        self.assertEqual(session.patch(trickle, session.etag).status, 412)
        self.assertEqual(session.patch(trickle, renewed).status, 204)

    def test_only_its_owner_reaches_a_session(self):
        session = self.session()
        stranger = self.token(CHAIR)
        self.assertEqual(request(self.server.url, "DELETE", session.location).status, 401)
        self.assertEqual(request(self.server.url, "DELETE", session.location,
                                 token=stranger).status, 404)
        as_whep = session.location.replace("/whip/", "/whep/")
        self.assertEqual(request(self.server.url, "DELETE", as_whep,
                                 token=session.token).status, 404)
        self.assertEqual(session.delete().status, 200)
        self.assertEqual(session.delete().status, 404)

    def test_deleting_empties_the_place(self):
        publisher = self.enter(AiortcPublisher, SITE, RED, 900)
        viewer = self.watch(AiortcViewer)
        self.assert_sees(viewer, {(640, 400): RED})
        self.assertEqual(self.server.connected(self.meeting), 1)
        self.assertEqual(publisher.session.delete().status, 200)
        publisher.until_state("closed")
        self.assertEqual(self.server.connected(self.meeting), 0)
        seen = viewer.reception
        seen.until("an empty stage", lambda: not is_colour(seen.picture.colour(640, 200), RED, 120))
        seen.until_pictures(10)
        self.assertEqual([e["data"]["why"] for e in
                          self.server.events(self.meeting, "participant.left")], ["left"])

    def test_the_second_of_one_seat_takes_the_first_ones_place(self):
        token = self.token(SITE)
        first = AiortcPublisher(self.server, self.meeting, token, RED, 900)
        self.addCleanup(first.close)
        viewer = self.watch(AiortcViewer)
        self.assert_sees(viewer, {(640, 400): RED})
        second = AiortcPublisher(self.server, self.meeting, token, BLUE, 1600)
        self.addCleanup(second.close)
        first.until_state("closed")
        self.assert_sees(viewer, {(20, 200): BLUE, (640, 400): BLUE})
        self.assert_hears(viewer, [1600], not_tones=[900])
        self.assertEqual(self.server.connected(self.meeting), 1)
        gone = first.session.patch(ice_fragment(first.offer, offers.UFRAG, offers.PASSWORD),
                                   first.session.etag)
        self.assertEqual(gone.status, 404)
        self.assertEqual([e["data"]["why"] for e in
                          self.server.events(self.meeting, "participant.left")], ["replaced"])

    def test_a_whep_session_ends_by_delete_too(self):
        self.enter(AiortcPublisher, SITE, RED, 900)
        viewer = self.watch(AiortcViewer, GUEST)
        self.assert_sees(viewer, {(640, 400): RED})
        self.assertEqual(viewer.session.delete().status, 200)
        viewer.until_state("closed")
        self.assertEqual(self.server.connected(self.meeting), 1)


if __name__ == "__main__":
    unittest.main()
