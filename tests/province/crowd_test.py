"""A hundred receivers of one meeting, arrived at once."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench/load"))
from load import LoadClient, LoadServer  # noqa: E402

RECEIVERS = 100
PICTURES = 100  # of each receiver, four seconds' worth


class Crowd(unittest.TestCase):
    def test_every_one_gets_a_picture_and_every_packet_that_was_sent(self):
        with LoadServer() as server, LoadClient.of(
                server, "--site-tokens", server.site_tokens(5), "--cameras", 4, "--speakers", 1,
                "--layout", "grid", "--send-only", "--coalesced") as load:
            sites = load.sites(0)
            self.assertEqual((sites["connected"], sites["failed"]), (5, 0), sites)
            arrived = load.receivers(RECEIVERS, 0)
            self.assertEqual(arrived["failed"], 0, arrived)
            self.assertEqual(arrived["pictures"], RECEIVERS, arrived)
            server.until("a hundred pictures each",
                         lambda: load.counts()["pictures"] >= RECEIVERS * PICTURES)
            counts = load.counts()
            self.assertEqual(counts["connected"], 5 + RECEIVERS)
            self.assertEqual(counts["ended"], 0)
            self.assertEqual(counts["lost"], 0, "gaps in what the server numbered")
            self.assertEqual(counts["rejected"], 0, "packets that did not authenticate")
            self.assertEqual(server.dropped(), 0, "packets the server held back or had no room for")


if __name__ == "__main__":
    unittest.main()
