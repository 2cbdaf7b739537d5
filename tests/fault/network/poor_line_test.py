"""The tool is measured before it measures others: UDP through a poor line, counted and timed."""

import socket
import subprocess
import sys
import time
import unittest

from network.poor_line import DOWN, UP, PoorLine, needs_lines

# At the far end: sends every datagram back with its arrival time, until "end".
ECHO = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 7777))
print("ready", flush=True)
while True:
    data, peer = s.recvfrom(2048)
    if data == b"end":
        break
    s.sendto(data, peer)
"""


@needs_lines
class APoorLine(unittest.TestCase):
    def setUp(self):
        self.line = PoorLine(seed=5)
        self.line.__enter__()
        self.addCleanup(self.line.close)
        self.echo = subprocess.Popen(self.line.inside(sys.executable, "-c", ECHO, self.line.far),
                                     stdout=subprocess.PIPE, text=True)
        self.assertEqual(self.echo.stdout.readline().strip(), "ready")
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.line.near, 0))
        self.socket.settimeout(0.5)
        self.addCleanup(self._end)

    def _end(self):
        self.line.both()
        self.socket.sendto(b"end", (self.line.far, 7777))
        self.socket.close()
        self.echo.wait(10)
        self.echo.stdout.close()

    def _exchange(self, count, size=200, step=0.004):
        """Round trips in seconds by number, and the order in which they came back."""
        sent, trips, order = {}, {}, []
        self.socket.setblocking(False)
        began = time.monotonic()
        end = began + count * step + 1.0
        number = 0
        while time.monotonic() < end:
            now = time.monotonic()
            while number < count and now - began >= number * step:
                sent[number] = time.monotonic()
                self.socket.sendto(number.to_bytes(4, "big").ljust(size, b"x"),
                                   (self.line.far, 7777))
                number += 1
            try:
                data = self.socket.recv(2048)
            except BlockingIOError:
                self.echo.poll()
                continue
            back = int.from_bytes(data[:4], "big")
            trips[back] = time.monotonic() - sent[back]
            order.append(back)
        return trips, order

    def test_loses_exactly_the_share_it_was_told_each_way(self):
        self.line.both(loss=0.3)
        trips, _ = self._exchange(1000, step=0.002)
        counts = self.line.counts()
        self.assertEqual((counts[DOWN]["packets"], counts[DOWN]["lost"]), (1000, 300))
        self.assertEqual(counts[UP]["packets"], 700)
        self.assertEqual(counts[UP]["lost"], 210)
        self.assertEqual(len(trips), 490)

    def test_delays_each_way_by_no_less_than_it_was_told(self):
        self.line.both(delay=50, jitter=30)
        trips, order = self._exchange(300)
        self.assertEqual(len(trips), 300)
        self.assertGreaterEqual(min(trips.values()), 0.040)
        self.assertGreater(max(trips.values()), 0.120)
        self.assertNotEqual(order, sorted(order), "jitter lets packets overtake")

    def test_holds_a_rate_with_a_buffer(self):
        # 200 bytes and 28 of headers every 4 ms is 456 kbit/s.
        self.line.set(DOWN, rate=228_000, buffer=2280)
        trips, _ = self._exchange(500)
        counts = self.line.counts()[DOWN]
        self.assertAlmostEqual(counts["overflowed"], 245, delta=15)
        self.assertLessEqual(counts["most_waiting"], 2280)
        self.assertGreaterEqual(max(trips.values()), 0.070)


if __name__ == "__main__":
    unittest.main()
