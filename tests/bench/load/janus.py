"""Debian's Janus as a peer: one RTP mountpoint of H.264 720p and Opus, with a configuration of its
own. It is controlled and fed on loopback; for media it offers the machine's own address, to which
the kernel goes over loopback as well. Needs the package janus.
"""

import http.client
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

PLUGINS = "/usr/lib/x86_64-linux-gnu/janus"
STREAM = 1
READY = 20.0


def present():
    return shutil.which("janus") is not None


def free_ports(*kinds):
    """A port for each of SOCK_STREAM or SOCK_DGRAM: one that is free for UDP may be taken for TCP."""
    sockets = [socket.socket(socket.AF_INET, kind) for kind in kinds]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Feed(threading.Thread):
    """Packets as another server was seen to send them: so many bytes and as many a second. H.264 in
    its packets' headers only, a key frame every two seconds; Janus looks no further.
    """

    FRAMES, FRAMES_A_KEY = 25, 50

    def __init__(self, audio, video, packets_a_frame, video_bytes, sound_bytes):
        super().__init__(daemon=True)
        self.ports, self.packets_a_frame = (audio, video), packets_a_frame
        self.video, self.sound = os.urandom(video_bytes), os.urandom(sound_bytes)
        self.ended = threading.Event()

    def run(self):
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sequences, owed, start = [0, 0], 0.0, time.monotonic()

        def send(kind, first_byte, timestamp, payload):
            header = struct.pack("!BBHII", 0x80, first_byte, sequences[kind] & 0xFFFF,
                                 timestamp & 0xFFFFFFFF, kind + 1)
            sequences[kind] += 1
            out.sendto(header + payload, ("127.0.0.1", self.ports[kind]))

        for tick in range(1 << 30):
            if self.ended.wait(max(0, start + tick * 0.02 - time.monotonic())):
                break
            send(0, 111, tick * 960, self.sound)
            if tick % 2:
                continue
            frame = tick // 2
            owed += self.packets_a_frame
            count, key = int(owed), frame % self.FRAMES_A_KEY == 0
            owed -= count
            for i in range(count):
                # FU-A of an IDR or another slice (RFC 6184 section 5.8), SPS in front of an IDR.
                kind = bytes([0x7C, (0x80 if i == 0 else 0) | (5 if key else 1)])
                if key and i == 0:
                    kind = b"\x67\x42\xe0\x1f"
                marker = 0x80 if i == count - 1 else 0
                send(1, 96 | marker, frame * 90000 // self.FRAMES, kind + self.video[len(kind):])
        out.close()

    def end(self):
        self.ended.set()
        self.join()


class Janus:
    """`with Janus(event_loops=2, ...) as janus:` serves and is fed; `event_loops` 0 is its default.
    What else: Feed's.
    """

    def __init__(self, event_loops, packets_a_frame, video_bytes, sound_bytes):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="janus-bench-"))
        self.http, self.audio, self.video = free_ports(
            socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_DGRAM)
        self.url = f"http://127.0.0.1:{self.http}"
        self._configure(event_loops)
        self.process = None
        self.feed = Feed(self.audio, self.video, packets_a_frame, video_bytes, sound_bytes)

    def _write(self, name, text):
        (self.folder / name).write_text(text)

    def _configure(self, event_loops):
        loops = f"event_loops = {event_loops}" if event_loops else ""
        self._write("janus.jcfg", f"""
general: {{
  configs_folder = "{self.folder}"
  plugins_folder = "{PLUGINS}/plugins"
  transports_folder = "{PLUGINS}/transports"
  events_folder = "{PLUGINS}/events"
  loggers_folder = "{PLUGINS}/loggers"
  log_to_stdout = false
  log_to_file = "{self.folder}/janus.log"
  {loops}
}}
media: {{ }}
nat: {{ ignore_mdns = true full_trickle = false }}
plugins: {{ disable = "libjanus_audiobridge.so,libjanus_echotest.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_nosip.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so,libjanus_voicemail.so,libjanus_lua.so,libjanus_duktape.so" }}
transports: {{ disable = "libjanus_websockets.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so" }}
""")
        self._write("janus.transport.http.jcfg", f"""
general: {{ json = "compact" base_path = "/janus" http = true port = {self.http} ip = "127.0.0.1" https = false }}
admin: {{ admin_http = false admin_https = false }}
""")
        self._write("janus.plugin.streaming.jcfg", f"""
stage: {{
  type = "rtp" id = {STREAM} description = "stage"
  audio = true audioport = {self.audio} audiopt = 111 audiocodec = "opus"
  video = true videoport = {self.video} videopt = 96 videocodec = "h264"
  videofmtp = "profile-level-id=42e01f;packetization-mode=1"
  videobufferkf = true
}}
""")

    def __enter__(self):
        try:
            self.process = subprocess.Popen(
                ["janus", "-F", str(self.folder), "-C", str(self.folder / "janus.jcfg")],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.feed.start()
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait(self):
        deadline = time.monotonic() + READY
        while True:
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.http, timeout=5)
                link.request("GET", "/janus/info")
                if json.loads(link.getresponse().read()).get("janus") == "server_info":
                    return
            except (OSError, ValueError, http.client.HTTPException):
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("janus does not answer: " + self._log())
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                pass

    def _log(self):
        log = self.folder / "janus.log"
        return log.read_text()[-800:] if log.exists() else "no log"

    def __exit__(self, *failure):
        if self.feed.is_alive():
            self.feed.end()
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
