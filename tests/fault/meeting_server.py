"""The real program on a free port: started, killed, started again; spoken to over HTTP.

Needs DIEMCAU_BIN, the program under test.
"""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

READY = 30.0  # seconds; generous, for a machine that is building something else


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class MeetingServer:
    """`with MeetingServer() as server:` leaves neither processes nor folders behind."""

    def __init__(self, data=None):
        self.binary = os.environ["DIEMCAU_BIN"]
        self._owned = tempfile.mkdtemp(prefix="diemcau-fault-") if data is None else None
        self.data = data or self._owned
        self.process = self.url = None
        self.options = []  # of `serve`, beside the usual ones
        self.log = []
        self._children = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *failure):
        self.close()

    # --- life -----------------------------------------------------------------------------------
    def start(self):
        """Serves on the port it had before, or on a free one."""
        port = self.url.rsplit(":", 1)[1] if self.url else "0"
        self.process = subprocess.Popen(
            [self.binary, "serve", "--listen", f"127.0.0.1:{port}", "--data", self.data,
             "--ice-address", "127.0.0.1", *self.options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._drain, args=(self.process.stderr,), daemon=True).start()
        for line in self.process.stdout:
            found = re.search(r"http://\S+", line)
            if found:
                self.url = found.group(0)
                break
        else:
            raise AssertionError(f"serve ended with {self.process.wait()}:\n{self.said()}")
        threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()

    def _drain(self, stream):
        with stream:
            for line in stream:
                self.log.append(line.rstrip())

    def said(self):
        return "\n".join(self.log[-60:])

    def kill(self):
        """kill -9; the moment it was sent."""
        moment = time.monotonic()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return moment

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(READY)

    def close(self):
        for process in [*self._children, self.process]:
            if process and process.poll() is None:
                process.kill()
                process.wait()
        if self._owned:
            shutil.rmtree(self._owned, ignore_errors=True)

    def pass_time(self, seconds):
        """Lets the meeting go on for so long; its end in the meantime is a failure."""
        try:
            code = self.process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"serve ended by itself with {code}:\n{self.said()}")

    def until(self, what, condition, seconds=READY):
        """What `condition` returns once it is true."""
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}\n{self.said()}")
            self.pass_time(0.02)

    # --- command line ---------------------------------------------------------------------------
    def _cli(self, *words):
        done = subprocess.run([self.binary, *words, "--data", self.data], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout.strip().splitlines()[-1]

    def create_meeting(self, title, chair="HD"):
        return self._cli("meeting", "create", "--title", title, "--chair", chair, "--expect", "all")

    def token(self, meeting, unit="HD", role="chair"):
        return self._cli("token", "--meeting", meeting, "--unit", unit, "--role", role)

    def simulate(self, meeting, sites):
        self._children.append(subprocess.Popen(
            [self.binary, "simulate", "--url", self.url, "--meeting", meeting, "--data", self.data,
             "--sites", str(sites)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    # --- HTTP -----------------------------------------------------------------------------------
    def request(self, path, token=None, method="GET", body=None, content_type=None):
        """An Answer, whatever its status; None while nobody listens."""
        request = urllib.request.Request(self.url + path, method=method, data=body)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if content_type:
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, timeout=READY) as reply:
                return Answer(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.headers, refusal.read())
        except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
            return None

    def metric(self, name, **labels):
        """The sum over all series that carry these labels; 0 when there are none."""
        answer = self.request("/metrics")
        total = 0.0
        for line in answer.body.decode().splitlines() if answer else ():
            found = re.match(rf"{name}(?:{{(.*)}})? (\S+)$", line)
            if not found:
                continue
            carried = dict(re.findall(r'(\w+)="([^"]*)"', found.group(1) or ""))
            if all(carried.get(key) == value for key, value in labels.items()):
                total += float(found.group(2))
        return total

    def sites(self, meeting):
        return int(self.metric("diemcau_sites", meeting=meeting))

    def start_recording(self, meeting, token):
        return self.request(f"/api/v1/meetings/{meeting}/recording", token, "POST")

    def stop_recording(self, meeting, token):
        return self.request(f"/api/v1/meetings/{meeting}/recording", token, "DELETE")

    def recordings(self, token):
        """By id."""
        return {r["id"]: r for r in self.request("/api/v1/recordings", token).json["recordings"]}

    def download(self, recording, token, to):
        """The one file of a recording."""
        answer = self.request(recording["media"], token)
        assert answer and answer.status == 200, (answer and answer.status, recording)
        with open(to, "wb") as file:
            file.write(answer.body)
        return to
