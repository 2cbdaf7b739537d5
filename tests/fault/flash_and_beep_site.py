"""A site whose picture flashes white exactly when its sound beeps, published over WHIP by aiortc.

What a frame or a sample shows follows from its timestamp alone, and both timestamps count from one
moment of the monotonic clock: flash and beep can differ only by what happens to them on the way.
"""

import asyncio
import fractions
import threading
import time

import numpy
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, VideoFrame

WIDTH, HEIGHT, FPS = 640, 360, 25
RATE, TICK = 48_000, 960  # samples, 20 ms
PERIOD, FIRST, ON = 2.0, 1.0, 0.2  # seconds: on from FIRST of each PERIOD, for ON
TONE = 1000  # Hz

GREY, WHITE = 60, 235


def _lit(seconds):
    return FIRST <= round(seconds, 6) % PERIOD < FIRST + ON


class _Clocked(MediaStreamTrack):
    """Gives frame n at `epoch` + n × `step`, the pace of a camera or a microphone."""

    def __init__(self, epoch, step):
        super().__init__()
        self._epoch, self._step, self._next = epoch, step, 0

    async def _due(self, number):
        loop = asyncio.get_running_loop()
        due = loop.create_future()
        loop.call_at(self._epoch + number * self._step, due.set_result, None)
        await due


class Picture(_Clocked):
    kind = "video"

    def __init__(self, epoch):
        super().__init__(epoch, 1 / FPS)

    async def recv(self):
        # A busy machine costs pictures, as it does a camera; it does not move them in time.
        late = int((asyncio.get_running_loop().time() - self._epoch) * FPS)
        number = max(self._next, late)
        await self._due(number)
        self._next = number + 1
        luma = numpy.full((HEIGHT, WIDTH), WHITE if _lit(number / FPS) else GREY, numpy.uint8)
        chroma = numpy.full((HEIGHT // 2, WIDTH), 128, numpy.uint8)
        frame = VideoFrame.from_ndarray(numpy.vstack([luma, chroma]), format="yuv420p")
        frame.pts, frame.time_base = number, fractions.Fraction(1, FPS)
        return frame


class Sound(_Clocked):
    kind = "audio"

    def __init__(self, epoch):
        super().__init__(epoch, TICK / RATE)

    async def recv(self):
        number, self._next = self._next, self._next + 1
        await self._due(number + 1)  # a microphone gives 20 ms when they have passed
        at = (numpy.arange(TICK) + number * TICK) / RATE
        on = (at + 1e-9) % PERIOD
        on = (on >= FIRST) & (on < FIRST + ON)
        wave = numpy.where(on, 12_000 * numpy.sin(2 * numpy.pi * TONE * at), 0)
        frame = AudioFrame.from_ndarray(wave.astype(numpy.int16)[None, :], "s16", "mono")
        frame.pts, frame.sample_rate = number * TICK, RATE
        frame.time_base = fractions.Fraction(1, RATE)
        return frame


class FlashAndBeepSite:
    """Publishes from a thread of its own until closed."""

    def __init__(self, server, meeting, token):
        self._server, self._meeting, self._token = server, meeting, token
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._peer = self._session = None

    def __enter__(self):
        self._thread.start()
        try:
            self._run(self._publish())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *failure):
        self.close()

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _publish(self):
        self._peer = RTCPeerConnection()
        connected = asyncio.Event()

        @self._peer.on("connectionstatechange")
        def changed():
            if self._peer.connectionState == "connected":
                connected.set()

        epoch = time.monotonic() + 1.0  # asyncio's clock is the monotonic one
        self._peer.addTransceiver(Sound(epoch), "sendonly")
        self._peer.addTransceiver(Picture(epoch), "sendonly")
        await self._peer.setLocalDescription(await self._peer.createOffer())
        offer = self._peer.localDescription.sdp.encode()
        answer = await self._loop.run_in_executor(None, lambda: self._server.request(
            f"/whip/{self._meeting}", self._token, "POST", offer, "application/sdp"))
        if answer.status != 201:
            raise AssertionError(f"WHIP: {answer.status} {answer.body.decode()}")
        self._session = answer.headers["Location"]
        await self._peer.setRemoteDescription(
            RTCSessionDescription(answer.body.decode(), "answer"))
        await asyncio.wait_for(connected.wait(), 20)

    async def _leave(self):
        if self._session:
            await self._loop.run_in_executor(
                None, lambda: self._server.request(self._session, self._token, "DELETE"))
        if self._peer:
            await self._peer.close()

    def close(self):
        try:
            self._run(self._leave())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
