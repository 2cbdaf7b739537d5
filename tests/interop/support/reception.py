"""What a viewer received: pictures and sound, and waiting for something to be seen or heard.

Any thread; peers push, the test waits on a condition that every arrival wakes.
"""
import threading
import time

import numpy

SOUND_RATE = 48_000  # Hz
SOUND_KEPT = SOUND_RATE // 2  # samples looked at: half a second
SILENCE = -120.0  # dB


class Picture:
    """One decoded frame, planar 4:2:0 (I420), without padding."""

    def __init__(self, width, height, planes):
        """`planes`: uint8, (height * 3/2, width), as PyAV gives it."""
        self.width, self.height, self._planes = width, height, planes

    def colour(self, x, y):
        """(red, green, blue) 0–255 around one pixel, BT.601 limited range."""
        luma = self._planes[y:y + 4, x:x + 4].mean()
        chroma = self._planes[self.height:].reshape(2, self.height // 2, self.width // 2)
        u, v = (plane[y // 2:y // 2 + 2, x // 2:x // 2 + 2].mean() - 128 for plane in chroma)
        scaled = 1.164 * (luma - 16)
        rgb = (scaled + 1.596 * v, scaled - 0.392 * u - 0.813 * v, scaled + 2.017 * u)
        return tuple(float(min(255.0, max(0.0, c))) for c in rgb)

    def luma(self, x, y, width, height):
        """A copy of the brightness of a region, uint8 (height, width)."""
        return self._planes[y:y + height, x:x + width].copy()


class Reception:
    def __init__(self):
        self._changed = threading.Condition()
        self._sound = numpy.zeros(0, numpy.float32)
        self._arrivals = []
        self.picture = None
        self.samples = 0  # ever heard
        self.ended = None

    # The peer's side.
    def on_picture(self, width, height, planes):
        with self._changed:
            self._arrivals.append(time.monotonic())
            self.picture = Picture(width, height, planes)
            self._changed.notify_all()

    def on_sound(self, samples):
        """`samples`: mono, 48 kHz, -1…1."""
        with self._changed:
            self._sound = numpy.concatenate([self._sound, samples])[-SOUND_KEPT:]
            self.samples += len(samples)
            self._changed.notify_all()

    def on_end(self, why):
        with self._changed:
            self.ended = why
            self._changed.notify_all()

    # The test's side.
    @property
    def pictures(self):
        return len(self._arrivals)

    def until(self, what, condition, seconds=20):
        """Waits until condition() holds; it is asked at every arrival of picture or sound."""
        deadline = time.monotonic() + seconds
        while not condition():
            with self._changed:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    raise AssertionError(f"not within {seconds} s: {what}; {self.describe()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}; {self.describe()}")

    def until_pictures(self, more, seconds=20):
        goal = self.pictures + more
        self.until(f"{more} more pictures", lambda: self.pictures >= goal, seconds)

    def until_sound(self, seconds_of_sound, seconds=20):
        """Until that much more was heard: from then on nothing older is in the spectrum."""
        goal = self.samples + seconds_of_sound * SOUND_RATE
        self.until(f"{seconds_of_sound} s of sound", lambda: self.samples >= goal, seconds)

    def level(self, frequency):
        """Of one tone in the last half second, dB below full scale."""
        with self._changed:
            sound = self._sound
        if len(sound) < SOUND_KEPT:
            return SILENCE
        window = numpy.hanning(len(sound))
        spectrum = numpy.abs(numpy.fft.rfft(sound * window)) * 2 / window.sum()
        middle = round(frequency * len(sound) / SOUND_RATE)
        return float(max(SILENCE, 20 * numpy.log10(spectrum[middle - 2:middle + 3].max() + 1e-9)))

    def strongest(self):
        """The frequency in Hz of the strongest tone of the last half second; 0 in silence."""
        with self._changed:
            sound = self._sound
        if len(sound) < SOUND_KEPT or numpy.abs(sound).max() < 1e-3:
            return 0.0
        spectrum = numpy.abs(numpy.fft.rfft(sound * numpy.hanning(len(sound))))
        return float(spectrum.argmax() * SOUND_RATE / len(sound))

    def longest_gap(self, since):
        """Between two pictures, in seconds, counted from the last one before `since`."""
        with self._changed:
            arrivals = list(self._arrivals)
        first = max([i for i, at in enumerate(arrivals) if at <= since], default=0)
        return max((b - a for a, b in zip(arrivals[first:], arrivals[first + 1:])), default=0.0)

    def describe(self):
        size = f"{self.picture.width}x{self.picture.height}" if self.picture else "none"
        return (f"{self.pictures} pictures (last {size}), {self.samples / SOUND_RATE:.1f} s of sound"
                f" (strongest {self.strongest():.0f} Hz), ended: {self.ended}")
