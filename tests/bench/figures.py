"""What ./scripts/bench measures: the figures with their goals, and the programs that print them.

A program prints, beside whatever a reader wants to see, one JSON object per line and figure:
    {"figure": "fanout.cpu_per_packet", "value": 3.1, "unit": "us"}
With "n" (and "series" where one plot has several lines) it is a point of cost against size:
    {"figure": "fanout.cpu", "series": "ours", "n": 266, "value": 0.22, "unit": "cores"}
Ratios to a floor or a peer are printed by the program that ran both, since they hold in one run only.

In a command, {bin} is the release build's folder of programs, {python} the interpreter that sees
Debian's packages, {quick} is --quick or nothing. Targets are built before.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    targets: tuple[str, ...] = ()
    #: A sweep over sizes is run once; a figure is the median of five runs.
    once: bool = False


@dataclass(frozen=True)
class Figure:
    name: str
    text: str
    unit: str
    program: str
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True)
class Curve:
    name: str
    text: str
    x: str
    y: str
    program: str
    log_x: bool = field(default=False)


PROGRAMS = (
    Program("fanout", ("{python}", "tests/bench/load/fanout.py", "{quick}"),
            ("diemcau", "load_client", "fanout_floor")),
    Program("janus", ("{python}", "tests/bench/load/fanout.py", "janus"), ("load_client",),
            once=True),
    Program("crowd", ("{python}", "tests/bench/load/crowd.py", "{quick}"),
            ("diemcau", "load_client"), once=True),
    Program("joins", ("{python}", "tests/bench/load/joins.py"), ("diemcau", "load_client")),
    Program("meeting", ("{python}", "tests/bench/load/meeting.py", "{quick}"),
            ("diemcau", "load_client")),
    Program("connected", ("{python}", "tests/bench/load/meeting.py", "connected", "{quick}"),
            ("diemcau", "load_client"), once=True),
    Program("send", ("{bin}/media_transport_bench",), ("media_transport_bench",)),
    Program("latency", ("{python}", "tests/bench/latency/run.py", "25"),
            ("diemcau", "bench_latency")),
    Program("call", ("{python}", "tests/bench/latency/call.py"), ("diemcau", "bench_call")),
    Program("sound", ("{bin}/diemcau_audio_bench",), ("diemcau_audio_bench",)),
    Program("sound_sweep", ("{bin}/diemcau_audio_bench", "sweep"), ("diemcau_audio_bench",),
            once=True),
    Program("mixing", ("{bin}/mixing_bench", "chain", "{quick}"), ("mixing_bench",)),
    Program("mixing_tiles", ("{bin}/mixing_bench", "tiles", "{quick}"), ("mixing_bench",),
            once=True),
    Program("compositor", ("{bin}/mixing_bench", "compositor", "{quick}"), ("mixing_bench",),
            once=True),
    Program("codec", ("{bin}/codec_bench", "{quick}"), ("codec_bench",), once=True),
    Program("codec_slides", ("{bin}/codec_bench", "slides"), ("codec_bench",), once=True),
)


def codec_figures():
    """Every encoder on every kind of picture."""
    for what in ("people", "room", "text"):
        for height in (720, 1080):
            for coder in ("openh264", "x264-ultrafast", "x264-superfast", "vp8"):
                for name, unit in (("cpu", "cores"), ("kbits", "kbit/s"), ("psnr", "dB"),
                                   ("ssim", "1")):
                    yield Figure(f"codec.{what}_{height}_{coder}_{name}",
                                 f"{coder}, {what}, {height}p: {name}", unit, "codec")


FIGURES = (
    Figure("fanout.cpu_per_packet", "server CPU a delivered packet, 266 receivers of 720p and sound",
           "us", "fanout", at_most=3.5),
    Figure("fanout.floor", "the same packets by SRTP and segmented sends alone: the floor", "us",
           "fanout"),
    Figure("fanout.to_floor", "server against the floor", "x", "fanout", at_most=1.4),
    Figure("fanout.janus_tuned", "the same packets by Janus with two event loops", "us", "fanout"),
    Figure("fanout.to_janus", "server against tuned Janus", "x", "fanout", at_most=0.25),
    Figure("fanout.janus_default", "such packets by Janus as it comes", "us", "janus"),
    Figure("crowd.receivers", "most receivers of one meeting with every picture, none lost by the "
           "server", "receivers", "crowd", at_least=1000),
    Figure("crowd.lost", "packets the server lost or held back at the most receivers", "packets",
           "crowd", at_most=0),
    Figure("joins.secured_p95", "266 joins in one second: until DTLS is done, 95th percentile", "ms",
           "joins", at_most=150),
    Figure("joins.picture_p95", "until the first picture, 95th percentile", "ms", "joins",
           at_most=700),
    Figure("joins.failures", "of them, failed", "joins", "joins", at_most=0),
    Figure("joins.cpu", "server CPU of one, its packets taken out", "ms", "joins", at_most=1.5),
    Figure("meeting.cores", "266 sites connected, 16 on stage, five heard, three renditions, "
           "recording", "cores", "meeting", at_most=0.8),
    Figure("meeting.memory", "its resident memory", "MB", "meeting", at_most=400),
    Figure("connected.ratio", "266 connected against 25, same stage of 25 tiles, fan-out taken out",
           "x", "meeting", at_most=1.1),
    Figure("send.floor", "SRTP and one segmented send, a packet: the floor", "us", "send"),
    Figure("send.ours", "the same through our transport", "us", "send"),
    Figure("send.ratio", "our transport against the floor", "x", "send", at_most=1.4),
    Figure("latency.picture_p50", "delay of the speaker's picture, RTP in to out, 50th percentile",
           "ms", "latency", at_most=15),
    Figure("latency.picture_p99", "the same, 99th percentile", "ms", "latency", at_most=45),
    Figure("latency.sound_p50", "delay of the speaker's sound, RTP in to out, 50th percentile",
           "ms", "latency", at_most=25),
    Figure("latency.sound_p99", "the same, 99th percentile", "ms", "latency", at_most=40),
    Figure("call.picture_p50", "site called: its large picture on the stage, 50th percentile",
           "ms", "call"),
    Figure("call.picture_p95", "the same, 95th percentile", "ms", "call", at_most=300),
    Figure("call.voice_p50", "site called: its voice in another's sound, 50th percentile",
           "ms", "call"),
    Figure("call.voice_p95", "the same, 95th percentile", "ms", "call", at_most=300),
    Figure("call.missed", "of 50 calls, those not there within 3 s", "", "call", at_most=0),
    Figure("uplink.idle", "what a site off the stage sends, the wall closed", "kbit/s", "call",
           at_most=10),
    Figure("uplink.wall", "the same with the wall open", "kbit/s", "call", at_most=60),
    Figure("mixing.encode", "encoding 720p, 360p and 180p alone", "cores", "mixing"),
    Figure("mixing.chain", "the same with decoding and composing 16 sites", "cores", "mixing"),
    Figure("mixing.ratio", "mixing chain against its encode alone", "x", "mixing", at_most=1.35),
    Figure("compositor.ours", "composing 16 tiles from twice their size", "cores", "compositor"),
    Figure("compositor.gstreamer", "the same by GStreamer's compositor", "cores", "compositor"),
    Figure("compositor.ratio", "our compositor against GStreamer's", "x", "compositor",
           at_most=0.2),
    *codec_figures(),
    Figure("codec.slides_openh264_kbits", "slides for poor lines, H.264", "kbit/s",
           "codec_slides", at_most=40),
    Figure("codec.slides_openh264_key_bytes", "their key frame", "B", "codec_slides"),
    Figure("codec.slides_openh264_ssim", "likeness of their text", "1", "codec_slides"),
    Figure("codec.slides_vp8_kbits", "slides for poor lines, VP8", "kbit/s", "codec_slides",
           at_most=40),
    Figure("codec.slides_vp8_key_bytes", "their key frame", "B", "codec_slides"),
    Figure("codec.slides_vp8_ssim", "likeness of their text", "1", "codec_slides"),
)

CURVES: tuple[Curve, ...] = (
    Curve("crowd.cost", "one meeting against its receivers", "receivers", "cores", "crowd"),
    Curve("crowd.per_packet", "the whole server, mixing included, a delivered packet", "receivers",
          "us", "crowd"),
    Curve("connected.cost", "one stage against sites connected, one receiver", "sites", "cores",
          "connected"),
    Curve("sound.cost", "the sound mix, up to five heard", "sites", "cores", "sound_sweep"),
    Curve("mixing.by_tiles", "decode, compose and encode against tiles shown", "tiles", "cores",
          "mixing_tiles"),
    Curve("compositor.by_tiles", "composing tiles from twice their size", "tiles", "cores",
          "compositor"),
)
