#!/usr/bin/python3
"""One live meeting: simulated sites join the real program over real WebRTC, it is recorded, stopped,
verified. Runs in every build, the sanitizers' too: what they find ends the program with an error."""
import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request

BIN = os.environ["DIEMCAU_BIN"]
SITES = 3


def until(ask, what, seconds=90):
    """Asks again and again until the answer is true; returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        pause()
    raise AssertionError(f"{what} did not come within {seconds} s")


def pause():
    select.select([], [], [], 0.1)  # between two questions to another process


class LiveMeeting(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="diemcau-live-")
        self.data = self.folder.name
        self.log = open(os.path.join(self.data, "serve.log"), "w+", encoding="utf-8")
        self.server = subprocess.Popen(
            [BIN, "serve", "--listen", "127.0.0.1:0", "--data", self.data, "--ice-address", "127.0.0.1"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.sites = None
        for line in self.server.stdout:
            if found := re.search(r"http://\S+", line):
                self.url = found.group(0)
                break
        else:
            self.fail("serve ended before it served:\n" + self.logged())

    def tearDown(self):
        for process in (self.sites, self.server):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        self.server.stdout.close()
        self.log.close()
        self.folder.cleanup()

    def logged(self):
        self.log.flush()
        with open(self.log.name, encoding="utf-8") as text:
            return text.read()

    def cli(self, *words):
        done = subprocess.run([BIN, *words, "--data", self.data], capture_output=True, text=True, check=True)
        return done.stdout.strip().splitlines()[-1]

    def api(self, path, method="GET"):
        request = urllib.request.Request(self.url + path, method=method,
                                         headers={"Authorization": "Bearer " + self.token})
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
            return json.loads(body) if body else None

    def metric(self, name):
        with urllib.request.urlopen(self.url + "/metrics", timeout=30) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(name):
                    return float(line.rsplit(" ", 1)[1])
        return 0.0

    def assert_contract_metrics(self, meeting):
        """What outside tools read of a meeting that is being recorded, by name and labels."""
        with urllib.request.urlopen(self.url + "/metrics", timeout=30) as answer:
            text = answer.read().decode()
        label = r'[a-z_]+="[^"]*"'
        for name, *labels in (
                ("diemcau_sites", f'meeting="{meeting}"'),
                ("diemcau_rtp_packets_total", 'direction="in"', "kind="),
                ("diemcau_rtp_packets_total", 'direction="out"', "kind="),
                ("diemcau_encodes", "rendition="),
                ("diemcau_decodes",),
                ("diemcau_mix_seconds_bucket", "le="),
                ("diemcau_mix_seconds_count",),
                ("diemcau_queue_dropped_total", "queue="),
                ("diemcau_recording_seconds", f'meeting="{meeting}"'),
                ("diemcau_srtp_rejected_total", "reason="),
                ("diemcau_http_requests_total", "route=", 'code="201"')):
            lines = re.findall(rf"^{name}(?:{{{label}(?:,{label})*}})? \S+$", text, re.MULTILINE)
            found = [line for line in lines if all(part in line for part in labels)]
            self.assertTrue(found, f"{name} with {labels}; there is {lines[:3]}")
            if "dropped" not in name and "rejected" not in name:
                self.assertTrue(any(float(line.rsplit(" ", 1)[1]) > 0 for line in found), found[:5])

    def test_sites_join_the_stage_moves_and_the_recording_is_whole(self):
        meeting = self.cli("meeting", "create", "--title", "Giao ban", "--chair", "HD", "--expect", "HD-300/+")
        self.token = self.cli("token", "--meeting", meeting, "--unit", "HD", "--role", "secretary")
        self.sites = subprocess.Popen(
            [BIN, "simulate", "--url", self.url, "--meeting", meeting, "--data", self.data, "--sites", str(SITES)],
            stderr=self.log)
        until(lambda: self.metric(f'diemcau_sites{{meeting="{meeting}"}}') == SITES, "three sites")
        until(lambda: self.metric("diemcau_decodes") == SITES, "three decoded pictures")
        until(lambda: self.metric("diemcau_audio_heard") >= 1, "a voice")

        recording = self.api(f"/api/v1/meetings/{meeting}/recording", "POST")["id"]
        until(lambda: self.metric("diemcau_recording_seconds") >= 3, "three seconds of recording")
        self.assert_contract_metrics(meeting)
        self.api(f"/api/v1/meetings/{meeting}/recording", "DELETE")
        entry = self.api(f"/api/v1/recordings/{recording}")
        self.assertEqual(entry["state"], "finished")
        self.assertGreaterEqual(entry["length_ms"], 3000)

        self.sites.send_signal(signal.SIGTERM)
        self.assertEqual(self.sites.wait(60), 0, "simulate:\n" + self.logged())
        until(lambda: self.metric(f'diemcau_sites{{meeting="{meeting}"}}') == 0, "an empty meeting")
        self.server.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(60), 0, "serve:\n" + self.logged())
        self.cli("recording", "verify", recording)


if __name__ == "__main__":
    unittest.main(verbosity=2)
