"""What ffprobe, ffmpeg and a look at the boxes say about a recording."""

import json
import struct
import subprocess


def probe(path):
    """ffprobe's view: streams by kind, each with codec_name, and `end`, seconds, of its media."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path],
        check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stderr == "", done.stderr
    streams = {}
    for stream in json.loads(done.stdout)["streams"]:
        stream["end"] = float(stream["start_time"]) + float(stream["duration"])
        streams[stream["codec_type"]] = stream
    return streams


def decoding_complaints(path):
    """What ffmpeg says while it decodes everything; empty for a sound file. In the file's own times:
    rounded to a frame rate, two pictures that a busy machine made close together would be one."""
    done = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", path,
                           "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout + ("" if done.returncode == 0 else f"exit code {done.returncode}")


def top_boxes(path):
    """The types of the outermost boxes, in order (ISO/IEC 14496-12 §4.2)."""
    boxes = []
    with open(path, "rb") as file:
        end = file.seek(0, 2)
        at = 0
        while at < end:
            file.seek(at)
            size, kind = struct.unpack(">I4s", file.read(8))
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0]
            boxes.append(kind.decode("latin-1"))
            at += size or end - at
        assert at == end, f"the last box ends at {at}, the file at {end}"
    return boxes


def assert_whole(test, path):
    """H.264 and AAC, an ordinary MP4 with its index, decoded to the end without complaint."""
    streams = probe(path)
    test.assertEqual(streams["video"]["codec_name"], "h264")
    test.assertEqual(streams["audio"]["codec_name"], "aac")
    boxes = top_boxes(path)
    test.assertIn("moov", boxes)
    test.assertNotIn("moof", boxes, "a finished file is not fragmented")
    test.assertEqual(decoding_complaints(path), "")
    return streams
