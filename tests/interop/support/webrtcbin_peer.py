"""GStreamer's webrtcbin as publisher by WHIP and viewer by WHEP. Any thread may call."""
import threading

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

from support.reception import Reception  # noqa: E402
from support.whip import Session  # noqa: E402

Gst.init(None)
SECONDS = 20
ENCODERS = {
    "H264": "openh264enc bitrate=800000 gop-size=150 ! video/x-h264,profile=constrained-baseline"
            " ! rtph264pay config-interval=-1 aggregate-mode=zero-latency"
            " ! application/x-rtp,media=video,encoding-name=H264,payload=102",
    "VP8": "vp8enc deadline=1 target-bitrate=800000 keyframe-max-dist=150 threads=1 cpu-used=8"
           " ! rtpvp8pay picture-id-mode=15-bit"
           " ! application/x-rtp,media=video,encoding-name=VP8,payload=96",
}
RECEIVED = {
    "H264": "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=102,"
            "packetization-mode=(string)1,profile-level-id=(string)42e01f,rtcp-fb-nack=true,"
            "rtcp-fb-nack-pli=true",
    "VP8": "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,"
           "rtcp-fb-nack=true,rtcp-fb-nack-pli=true",
}
DECODERS = {"H264": "rtph264depay ! avdec_h264 max-threads=1", "VP8": "rtpvp8depay ! vp8dec",
            "OPUS": "rtpopusdepay ! opusdec"}
OPUS = "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=111," \
       "encoding-params=(string)2"


class _Peer:
    """A pipeline with a webrtcbin called "peer"."""

    def __init__(self, description):
        self.pipeline = Gst.parse_launch(description)
        self.peer = self.pipeline.get_by_name("peer")
        self.session = None
        self.offer = None
        self._changed = threading.Condition()
        for what in ("ice-gathering-state", "connection-state"):
            self.peer.connect(f"notify::{what}", self._on_changed)

    def _on_changed(self, *_):
        with self._changed:
            self._changed.notify_all()

    def _until(self, what, wanted):
        with self._changed:
            if not self._changed.wait_for(lambda: self.peer.get_property(what) == wanted, SECONDS):
                raise AssertionError(f"{what} is {self.peer.get_property(what)}, not {wanted}")

    def _promise(self, signal, *words):
        promise = Gst.Promise.new()
        self.peer.emit(signal, *words, promise)
        # Answered by webrtcbin's own thread; `interrupt` by the timer bounds the wait.
        timer = threading.Timer(SECONDS, promise.interrupt)
        timer.start()
        result = promise.wait()
        timer.cancel()
        if result != Gst.PromiseResult.REPLIED:
            raise AssertionError(f"{signal}: {result}")
        return promise

    def _connect(self, server, path, token):
        try:
            self._negotiate(server, path, token)
        except BaseException:
            self.close()
            raise

    def _negotiate(self, server, path, token):
        self._ready()
        # PyGObject copies none of these: each must outlive what was taken out of it.
        made = self._promise("create-offer", None)
        reply = made.get_reply()
        offer = reply.get_value("offer")
        self._promise("set-local-description", offer)
        self._until("ice-gathering-state", GstWebRTC.WebRTCICEGatheringState.COMPLETE)
        local = self.peer.get_property("local-description")  # owns its sdp
        self.offer = local.sdp.as_text()
        self.session = Session(server.url, path, token, self.offer)
        parsed, answer = GstSdp.SDPMessage.new_from_text(self.session.answer)
        assert parsed == GstSdp.SDPResult.OK
        described = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, answer)
        self._promise("set-remote-description", described)
        self._until("connection-state", GstWebRTC.WebRTCPeerConnectionState.CONNECTED)

    def _ready(self):
        self.pipeline.set_state(Gst.State.PLAYING)

    def close(self):
        if self.pipeline:
            self.pipeline.set_state(Gst.State.NULL)
            self.pipeline = self.peer = None


class WebrtcbinPublisher(_Peer):
    """640×360, 15 frames/s: one colour, and a small white ball that moves."""

    def __init__(self, server, meeting, token, colour, frequency, codec="H264"):
        red, green, blue = colour
        argb = 0xFF000000 | red << 16 | green << 8 | blue
        self._negotiable = threading.Event()
        super().__init__(
            "webrtcbin name=peer bundle-policy=max-bundle"
            f" videotestsrc is-live=true pattern=ball motion=wavy background-color={argb}"
            " ! video/x-raw,format=I420,width=640,height=360,framerate=15/1"
            f" ! queue ! {ENCODERS[codec]} ! peer."
            f" audiotestsrc is-live=true wave=sine freq={frequency} volume=0.25"
            " ! audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay"
            " ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! queue ! peer.")
        self.peer.connect("on-negotiation-needed", lambda *_: self._negotiable.set())
        self._connect(server, f"/whip/{meeting}", token)

    def _ready(self):
        super()._ready()
        if not self._negotiable.wait(SECONDS):
            raise AssertionError("webrtcbin wanted no negotiation")


class WebrtcbinViewer(_Peer):
    def __init__(self, server, meeting, token, query="view=stage", codec="H264"):
        # In brackets: one element alone would be parsed to itself, not to a pipeline.
        super().__init__("pipeline.( webrtcbin name=peer bundle-policy=max-bundle latency=100 )")
        self.reception = Reception()
        self.peer.connect("pad-added", self._on_pad)
        receive = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
        for caps in (OPUS, RECEIVED[codec]):
            self.peer.emit("add-transceiver", receive, Gst.Caps.from_string(caps))
        self._connect(server, f"/whep/{meeting}?{query}", token)

    def _on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        caps = pad.get_current_caps().get_structure(0)
        coding = caps.get_string("encoding-name")
        sound = caps.get_string("media") == "audio"
        wanted = ("audioconvert ! audioresample"
                  " ! audio/x-raw,format=F32LE,rate=48000,channels=1" if sound
                  else "videoconvert ! video/x-raw,format=I420")
        branch = Gst.parse_bin_from_description(
            f"queue ! {DECODERS[coding]} ! {wanted}"
            " ! appsink name=sink emit-signals=true sync=false max-buffers=50", True)
        branch.get_by_name("sink").connect("new-sample",
                                           self._on_sound if sound else self._on_picture)
        self.pipeline.add(branch)
        branch.sync_state_with_parent()
        pad.link(branch.get_static_pad("sink"))

    @staticmethod
    def _bytes(sample):
        buffer = sample.get_buffer()
        return buffer.extract_dup(0, buffer.get_size())

    def _on_picture(self, sink):
        sample = sink.emit("pull-sample")
        size = sample.get_caps().get_structure(0)
        width, height = size.get_value("width"), size.get_value("height")
        planes = numpy.frombuffer(self._bytes(sample), numpy.uint8)
        self.reception.on_picture(width, height, planes.reshape(height * 3 // 2, width))
        return Gst.FlowReturn.OK

    def _on_sound(self, sink):
        sample = sink.emit("pull-sample")
        self.reception.on_sound(numpy.frombuffer(self._bytes(sample), numpy.float32))
        return Gst.FlowReturn.OK
