"""266 receivers that arrive within one second: until DTLS is done, until the first picture, and what
each costs the server. What the receivers get during that second is taken out of the cost by what
the same packets cost afterwards.
"""

from load import LoadClient, LoadServer, figure, measure, processor_seconds, say

ARRIVALS = 266


def main():
    with LoadServer(["--max-viewers", str(ARRIVALS + 10)]) as server:
        tokens = server.site_tokens(17)
        with LoadClient.of(server, "--site-tokens", tokens, "--cameras", 16, "--speakers", 1,
                           "--layout", "grid", "--send-only", "--coalesced",
                           "--decrypting", 2) as load:
            load.sites(2)
            load.receivers(1, 0.1)
            server.pass_time(4)
            before = measure(server, load, 4)
            counts, used = load.counts(), processor_seconds(server.process.pid)
            joined = load.receivers(ARRIVALS, 1)
            after, spent = load.counts(), processor_seconds(server.process.pid) - used
            server.pass_time(4)
            steady = measure(server, load, 4)
    assert "p95" in joined["picture_ms"], joined
    per_packet = ((steady.server_cores - before.server_cores) /
                  (steady.packets / steady.seconds - before.packets / before.seconds))
    seconds = after["seconds"] - counts["seconds"]
    delivered = after["packets"] - counts["packets"] - before.packets / before.seconds * seconds
    own = spent - before.server_cores * seconds - delivered * per_packet
    say(f"joined: {joined}\n{spent:.2f} s of CPU in {seconds:.2f} s, {delivered:.0f} packets at "
        f"{per_packet * 1e6:.2f} us taken out")
    figure("joins.secured_p95", joined["secured_ms"]["p95"], "ms")
    figure("joins.picture_p95", joined["picture_ms"]["p95"], "ms")
    figure("joins.failures", joined["failed"], "joins")
    figure("joins.cpu", own / ARRIVALS * 1000, "ms")


main()
