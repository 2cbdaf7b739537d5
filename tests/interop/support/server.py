"""The real program, on a free port, with a data folder of its own."""
import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

from support.http import request

START_SECONDS = 20
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """In the child: a test that is itself killed leaves no process behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def host_address():
    """The machine's own address, or None; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.255", 9))
            return probe.getsockname()[0]
        except OSError:
            return None


class Server:
    """`diemcau serve` and the commands that speak to its data folder."""

    def __init__(self):
        self.binary = os.environ["DIEMCAU_BIN"]
        self.data = tempfile.mkdtemp(prefix="diemcau-interop-")
        self.log = []
        self._url_known = threading.Event()
        self.url = None
        addresses = ["127.0.0.1"] + [a for a in [host_address()] if a]
        words = [self.binary, "serve", "--listen", "127.0.0.1:0", "--data", self.data]
        for address in addresses:
            words += ["--ice-address", address]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True,
                                        preexec_fn=die_with_parent)
        self._readers = [threading.Thread(target=self._read_url),
                         threading.Thread(target=self._read_log)]
        for reader in self._readers:
            reader.start()
        if not self._url_known.wait(START_SECONDS) or self.url is None:
            self.process.kill()
            self._forget()
            raise AssertionError("serve gave no URL:\n" + "\n".join(self.log))

    def _read_url(self):
        for line in self.process.stdout:
            found = re.search(r"https?://\S+", line)
            if found and self.url is None:
                self.url = found.group(0)
                self._url_known.set()
        self._url_known.set()

    def _read_log(self):
        self.log.extend(line.rstrip() for line in self.process.stderr)

    def _forget(self):
        self.process.wait()
        for reader in self._readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        shutil.rmtree(self.data, ignore_errors=True)

    def stop(self):
        """SIGTERM must end it orderly, whatever the test did to it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = "no end within 30 s"
        self._forget()
        if code != 0:
            raise AssertionError(f"serve ended with {code}:\n" + "\n".join(self.log[-40:]))

    def _command(self, *words):
        done = subprocess.run([self.binary, *words, "--data", self.data], check=True, text=True,
                              stdout=subprocess.PIPE, timeout=30)
        return done.stdout.strip().splitlines()[-1]

    def create_meeting(self, title, expect="HD,HD-300"):
        """An open meeting chaired by the province (unit HD); its id."""
        return self._command("meeting", "create", "--title", title, "--chair", "HD",
                             "--expect", expect)

    def token(self, meeting, unit, role="site"):
        return self._command("token", "--meeting", meeting, "--unit", unit, "--role", role)

    def connected(self, meeting):
        """Sites connected, as /metrics tells it; 0 when the meeting has no line there."""
        text = request(self.url, "GET", "/metrics").body.decode()
        found = re.search(r'^diemcau_sites\{meeting="%s"\} (\d+)' % meeting, text, re.MULTILINE)
        return int(found.group(1)) if found else 0

    def events(self, meeting, kind):
        """The meeting log's events of that kind, oldest first."""
        token = self.token(meeting, "HD", "secretary")
        answer = request(self.url, "GET", f"/api/v1/meetings/{meeting}/events", token=token)
        assert answer.status == 200, answer
        return [e for e in json.loads(answer.body)["events"] if e["kind"] == kind]
