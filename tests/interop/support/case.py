"""The frame of an interop test: one server for a class, one meeting and its peers for a test."""
import unittest

from support.server import Server

RED, GREEN, BLUE = (255, 0, 0), (0, 200, 0), (0, 0, 255)
CHAIR, SITE = "HD", "HD-300"  # in protocol order: the chair stands left
GUEST = "HD-SNV"  # only looks on


def is_colour(seen, wanted, tolerance=50):
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted))


class MeetingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.meeting = self.server.create_meeting(f"Phiên thử: {self._testMethodName}")

    def token(self, unit, role="site"):
        return self.server.token(self.meeting, unit, role)

    def enter(self, kind, unit, *words, role="site", **options):
        """A peer of that kind in this test's meeting with a token of its own, closed at the end."""
        peer = kind(self.server, self.meeting, self.token(unit, role), *words, **options)
        self.addCleanup(peer.close)
        return peer

    def watch(self, kind, unit=GUEST, **options):
        """A viewer; its codec is left to the peer's default unless given."""
        return self.enter(kind, unit, role="viewer", **options)

    def assert_sees(self, viewer, places, size=(1280, 720)):
        """Waits until every {(x, y): colour} is there at once, in a picture of that size."""
        seen = viewer.reception

        def there():
            picture = seen.picture
            return (picture is not None and (picture.width, picture.height) == size and
                    all(is_colour(picture.colour(*at), wanted) for at, wanted in places.items()))

        try:
            seen.until(f"{places} in {size}", there)
        except AssertionError as missing:
            found = {at: seen.picture.colour(*at) for at in places} if seen.picture else None
            raise AssertionError(f"{missing}; seen {found}") from None

    def assert_moves(self, viewer, x, y, width, height):
        """Waits until something in that region is no longer as it was."""
        seen = viewer.reception
        before = seen.picture.luma(x, y, width, height).astype(int)
        seen.until("motion", lambda: abs(
            seen.picture.luma(x, y, width, height).astype(int) - before).max() > 40)

    def assert_hears(self, viewer, tones, not_tones=()):
        """Every tone above -40 dB, and none of the others within 30 dB of the weakest."""
        sound = viewer.reception
        sound.until(f"tones {tones}", lambda: all(sound.level(t) > -40 for t in tones))
        sound.until_sound(1)  # past the beginning, where a gate may still be opening
        sound.until(f"tones {tones} without {not_tones}", lambda: all(
            sound.level(t) > -40 and sound.level(t) > sound.level(n) + 30
            for t in tones for n in not_tones))

    def assert_never_heard(self, viewer, tone, seconds_of_sound=2):
        """Through that much sound, asked at every arrival."""
        sound = viewer.reception
        goal = sound.samples + seconds_of_sound * 48_000
        loudest = [sound.level(tone)]

        def enough():
            loudest[0] = max(loudest[0], sound.level(tone))
            return sound.samples >= goal

        sound.until("the sound to judge", enough)
        self.assertLess(loudest[0], -50, f"{tone} Hz is heard")
