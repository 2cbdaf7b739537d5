"""aiortc (Debian's python3-aiortc) as publisher by WHIP and viewer by WHEP.

aiortc lives on one asyncio loop in a thread of its own; everything else may call from any thread.
"""
import asyncio
import fractions
import threading
import time

import numpy
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

from support.reception import SOUND_RATE, Reception
from support.whip import Session

CONNECT_SECONDS = 20
WIDTH, HEIGHT, RATE = 640, 360, 15
TICK = SOUND_RATE // 50  # samples in 20 ms


class _Loop:
    """One asyncio loop for all aiortc peers of a process."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, coroutine, seconds=CONNECT_SECONDS):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(seconds)


_loop = _Loop()


class _Paced(MediaStreamTrack):
    """A live source: the n-th frame is due n / rate seconds after the first."""

    def __init__(self, rate):
        super().__init__()
        self._rate, self._count, self._started = rate, -1, None

    async def next_frame(self):
        if self.readyState != "live":
            raise MediaStreamError
        self._count += 1
        now = time.monotonic()
        if self._started is None:
            self._started = now
        await asyncio.sleep(max(0.0, self._started + self._count / self._rate - now))
        return self._count


class Camera(_Paced):
    """One colour, with a grey box that runs along the top, so that a frozen picture is seen."""

    kind = "video"

    def __init__(self, colour):
        super().__init__(RATE)
        self._pictures = []
        for step in range(RATE):
            picture = numpy.empty((HEIGHT, WIDTH, 3), numpy.uint8)
            picture[:] = colour
            left = step * (WIDTH - 64) // RATE
            picture[20:60, left:left + 64] = 128
            self._pictures.append(VideoFrame.from_ndarray(picture).reformat(format="yuv420p"))

    async def recv(self):
        count = await self.next_frame()
        frame = self._pictures[count % RATE]
        frame.pts = count * 90_000 // RATE
        frame.time_base = fractions.Fraction(1, 90_000)
        return frame


class Microphone(_Paced):
    """A sine of one frequency in Hz, mono, -12 dB."""

    kind = "audio"

    def __init__(self, frequency):
        super().__init__(50)
        self._frequency = frequency

    async def recv(self):
        count = await self.next_frame()
        at = (numpy.arange(TICK) + count * TICK) / SOUND_RATE
        samples = (8192 * numpy.sin(2 * numpy.pi * self._frequency * at)).astype(numpy.int16)
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SOUND_RATE
        frame.pts = count * TICK
        frame.time_base = fractions.Fraction(1, SOUND_RATE)
        return frame


class _Peer:
    def __init__(self):
        self.session = None
        self.offer = None
        self._connection = None
        self._transport = None
        self._state_changed = threading.Condition()
        self._state = "new"

    def _connect(self, server, path, token, prepare, codec):
        async def make_offer():
            self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
            self._connection.on("connectionstatechange", self._on_state)
            prepare(self._connection)
            # The first section's transport carries the BUNDLE group.
            self._transport = self._connection.getTransceivers()[0].sender.transport
            self._transport.on("statechange", self._on_state)
            for transceiver in self._connection.getTransceivers():
                if transceiver.kind == "video" and codec:
                    codecs = RTCRtpSender.getCapabilities("video").codecs
                    transceiver.setCodecPreferences(
                        [c for c in codecs if c.mimeType == f"video/{codec}"])
            await self._connection.setLocalDescription(await self._connection.createOffer())
            return self._connection.localDescription.sdp

        try:
            self.offer = _loop.run(make_offer())
            self.session = Session(server.url, path, token, self.offer)
            answer = RTCSessionDescription(self.session.answer, "answer")
            _loop.run(self._connection.setRemoteDescription(answer))
            self.until_state("connected")
        except BaseException:
            self.close()
            raise

    def _on_state(self):
        # aiortc's connection stays "connected" when the other side closes DTLS.
        state = self._connection.connectionState
        if self._transport.state == "closed":
            state = "closed"
        with self._state_changed:
            self._state = state
            self._state_changed.notify_all()

    def until_state(self, *wanted, seconds=CONNECT_SECONDS):
        with self._state_changed:
            if not self._state_changed.wait_for(lambda: self._state in wanted, seconds):
                raise AssertionError(f"connection is {self._state}, not {wanted}, after {seconds} s")

    @property
    def codec(self):
        """Of the picture, as answered: "H264" or "VP8"."""
        return "H264" if "H264/90000" in self.session.answer else "VP8"

    def close(self):
        """Closes the peer connection (DTLS close_notify); the session is not deleted."""
        if self._connection:
            _loop.run(self._connection.close())
            self._connection = None


class AiortcPublisher(_Peer):
    def __init__(self, server, meeting, token, colour, frequency, codec="VP8"):
        super().__init__()

        def prepare(connection):
            connection.addTrack(Microphone(frequency))
            connection.addTrack(Camera(colour))

        self._connect(server, f"/whip/{meeting}", token, prepare, codec)


class AiortcViewer(_Peer):
    def __init__(self, server, meeting, token, query="view=stage", codec=None):
        super().__init__()
        self.reception = Reception()

        def prepare(connection):
            connection.on("track", self._on_track)
            for kind in ("audio", "video"):
                connection.addTransceiver(kind, direction="recvonly")

        self._connect(server, f"/whep/{meeting}?{query}", token, prepare, codec)

    def _on_track(self, track):
        asyncio.ensure_future(self._watch(track))

    async def _watch(self, track):
        try:
            while True:
                frame = await track.recv()
                if track.kind == "video":
                    self.reception.on_picture(frame.width, frame.height, frame.to_ndarray())
                else:
                    samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))
                    self.reception.on_sound(samples.mean(axis=1, dtype=numpy.float32) / 32768)
        except MediaStreamError:
            self.reception.on_end("track ended")
