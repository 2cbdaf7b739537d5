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
    Program("send", ("{bin}/media_transport_bench",), ("media_transport_bench",)),
    Program("latency", ("{python}", "tests/bench/latency/run.py", "25"),
            ("diemcau", "bench_latency")),
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
    Figure("send.floor", "SRTP and one segmented send, a packet: the floor", "us", "send"),
    Figure("send.ours", "the same through our transport", "us", "send"),
    Figure("send.ratio", "our transport against the floor", "x", "send", at_most=1.4),
    Figure("latency.picture_p50", "delay of the speaker's picture, RTP in to out, 50th percentile",
           "ms", "latency", at_most=15),
    Figure("latency.picture_p99", "the same, 99th percentile", "ms", "latency", at_most=45),
    Figure("latency.sound_p50", "delay of the speaker's sound, RTP in to out, 50th percentile",
           "ms", "latency", at_most=25),
    Figure("latency.sound_p99", "the same, 99th percentile", "ms", "latency", at_most=40),
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
    Curve("sound.cost", "the sound mix, up to five heard", "sites", "cores", "sound_sweep"),
    Curve("mixing.by_tiles", "decode, compose and encode against tiles shown", "tiles", "cores",
          "mixing_tiles"),
    Curve("compositor.by_tiles", "composing tiles from twice their size", "tiles", "cores",
          "compositor"),
)
