"""How cost grows with receivers, 10 to 1 000 of one meeting, and whether the server loses a packet.

The load client looks at its sockets every millisecond, so that what it wakes for and what waking it
costs is not what fills the machine first.
"""

import sys

from load import LoadClient, LoadServer, figure, measure, say

FRAMES = 25  # a second
WHOLE = 0.97  # of them, with what is under way at the ends of the window
SIZES = (10, 50, 100, 266, 500, 750, 1000)


def main():
    quick = "--quick" in sys.argv
    sizes = (266, 1000) if quick else SIZES
    without_loss = 0
    with LoadServer(["--max-viewers", str(max(sizes) + 10)]) as server:
        tokens = server.site_tokens(17)
        with LoadClient.of(server, "--site-tokens", tokens, "--cameras", 16, "--speakers", 1,
                           "--layout", "grid", "--send-only", "--coalesced",
                           "--decrypting", 2, "--rest", 1) as load:
            load.sites(2)
            there = 0
            for size in sizes:
                joined = load.receivers(size - there, max(1.0, (size - there) / 200))
                assert joined["failed"] == 0, joined
                there = size
                server.pass_time(3)
                window = measure(server, load, 6)
                say(f"{size}: server {window.server_cores:.3f} cores, client "
                    f"{window.client_cores:.3f}, {window.packets / window.seconds:.0f} packets/s, "
                    f"{window.pictures / window.seconds / size:.1f} pictures/s each, lost "
                    f"{window.lost}, not sent {window.dropped} (in the client's own sockets "
                    f"{window.lost_here})")
                figure("crowd.cost", window.server_cores, "cores", n=size, series="server")
                figure("crowd.per_packet", window.server / window.packets * 1e6, "us", n=size,
                       series="server")
                if window.lost + window.dropped == 0 and window.pictures >= WHOLE * (
                        size * window.seconds * FRAMES):
                    without_loss = size
                if size == sizes[-1]:
                    figure("crowd.lost", window.lost + window.dropped, "packets")
    figure("crowd.receivers", without_loss, "receivers")


main()
