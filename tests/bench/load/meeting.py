"""A whole province in one meeting: 266 sites connected, 16 on the stage, five heard, three renditions
watched, recording on. Then what sites cost that are merely connected, none of them receiving: the
same stage of 25 tiles, 16 with a picture, with 25 and with 266 connected. With the word `connected`
only that, for more numbers.
"""

import sys

from load import LoadClient, LoadServer, figure, measure, resident_bytes, say

SITES = 266
STAGE = 25  # tiles of the grid; with fewer connected it is another stage
# What lines carry, bit/s, that puts a third of the sites each on 720p, 360p and 180p.
LINES = "3000000,700000,250000"


def whole(seconds):
    with LoadServer() as server:
        tokens = server.site_tokens(SITES)
        with LoadClient.of(server, "--site-tokens", tokens, "--cameras", 16, "--speakers", 5,
                           "--layout", "grid", "--coalesced", "--lines", LINES) as load:
            joined = load.sites(3)
            assert joined["failed"] == 0, joined
            started = server.start_recording(server.meeting, server.token(server.meeting))
            assert started.status == 201, started.body
            server.pass_time(15)
            window = measure(server, load, seconds)
            memory = resident_bytes(server.process.pid)
            renditions = {q: server.metric("diemcau_encodes", rendition=f"{q}-h264")
                          for q in ("720p", "360p", "180p")}
    assert all(renditions.values()), renditions
    say(f"whole meeting: {window.server_cores:.3f} cores, {memory / 1e6:.0f} MB, "
        f"{window.packets / window.seconds:.0f} packets/s, lost {window.lost}; {renditions}; "
        f"{window.busiest()}")
    figure("meeting.cores", window.server_cores, "cores")
    figure("meeting.memory", memory / 1e6, "MB")


def connected(sites, seconds):
    with LoadServer() as server:
        tokens = server.site_tokens(sites)
        with LoadClient.of(server, "--site-tokens", tokens, "--cameras", 16, "--speakers", 5,
                           "--layout", "grid", "--send-only", "--coalesced") as load:
            joined = load.sites(3)
            assert joined["failed"] == 0, joined
            load.receivers(1, 0.1)
            server.pass_time(8)
            window = measure(server, load, seconds)
    say(f"{sites} connected, one receiver: {window.server_cores:.4f} cores; {window.busiest()}")
    return window.server_cores


def main():
    seconds = 8 if "--quick" in sys.argv else 10
    if "connected" in sys.argv:
        for sites in (STAGE, 64, 128, 200, SITES):
            figure("connected.cost", connected(sites, seconds), "cores", n=sites, series="server")
        return
    whole(seconds)
    few = connected(STAGE, seconds)
    figure("connected.ratio", connected(SITES, seconds) / few, "x")


main()
