"""CPU per delivered packet of the running server with 266 receivers of the stage at 720p and sound,
beside the floor (SRTP and segmented sends alone, same packets) and Debian's Janus, in one run.

With the word `janus` only Janus as it comes, with frames of the nominal size.

The server's figure is what 265 more receivers cost the whole process: mixing, coding and one
receiver are taken out by a measurement before them. Janus neither mixes nor codes.
"""

import json
import subprocess
import sys

from janus import STREAM, Janus, present
from load import BIN, LoadClient, LoadServer, Window, figure, measure, say

RECEIVERS = 266
FRAMES = 25  # a second
SOUND_PACKETS = 50
NOMINAL = (6.9, 1120)  # packets a frame of the stage at 1.5 Mbit/s and their bytes, as counted
SOUND_BYTES = 230  # RED of two packets, extensions, SRTP; as counted at a receiver


def shape(per_second, bits):
    """(packets a frame, bytes of such a packet) of a stream with sound beside it."""
    video = per_second - SOUND_PACKETS
    return video / FRAMES, int((bits / 8 - SOUND_PACKETS * SOUND_BYTES) / video)


def floor(packets_a_frame, size, receivers, seconds):
    """Microseconds a packet with frames and sound of the same size and number."""
    done = subprocess.run([BIN / "fanout_floor", str(receivers), str(seconds),
                           f"{packets_a_frame:.3f}", str(size), str(SOUND_BYTES), "coalesced"],
                          check=True, text=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)["us"]


def ours(receivers, seconds):
    """(microseconds a packet, packets a second and bits a second of one receiver)."""
    with LoadServer(["--max-viewers", str(receivers + 10)]) as server:
        tokens = server.site_tokens(17)
        with LoadClient.of(server, "--site-tokens", tokens, "--cameras", 16, "--speakers", 1,
                           "--layout", "grid", "--send-only", "--coalesced",
                           "--decrypting", 2) as load:
            load.sites(2)
            load.receivers(1, 0.1)
            server.pass_time(5)
            one = measure(server, load, seconds)
            joined = load.receivers(receivers - 1, 2)
            assert joined["failed"] == 0, joined
            server.pass_time(4)
            all_ = measure(server, load, seconds)
    more = all_.packets / all_.seconds - one.packets / one.seconds
    cost = (all_.server_cores - one.server_cores) / more * 1e6
    say(f"ours: {cost:.2f} us a packet, {all_.packets / all_.seconds:.0f} packets/s, "
        f"{all_.bytes * 8e-6 / all_.seconds / receivers:.2f} Mbit/s each, lost {all_.lost}; "
        f"{all_.busiest()}")
    assert all_.lost + all_.dropped == 0, "the server lost packets: its cost says nothing"
    return cost, all_.packets / all_.seconds / receivers, all_.bytes * 8 / all_.seconds / receivers


def peer(event_loops, packets_a_frame, size, receivers, seconds):
    # Without SRTP's tag, the header and the 12 bytes of extensions that Janus has its own of.
    with Janus(event_loops, packets_a_frame, size - 40, SOUND_BYTES - 40) as janus, LoadClient(
            janus.url, "--janus", STREAM, "--coalesced") as load:
        joined = load.receivers(receivers, 20)
        assert joined["failed"] == 0, joined

        wait(janus, 3)
        window = Window(load, janus.process.pid)
        wait(janus, seconds)
        window.close()
    say(f"janus, event_loops {event_loops or 'default'}: {window.server_cores:.3f} cores, "
        f"{window.packets / window.seconds:.0f} packets/s, lost {window.lost}")
    return window.server / window.packets * 1e6


def wait(janus, seconds):
    try:
        janus.process.wait(seconds)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError("janus ended by itself")


def main():
    seconds = 5 if "--quick" in sys.argv else 6
    if "janus" in sys.argv:
        if present():
            figure("fanout.janus_default", peer(0, *NOMINAL, RECEIVERS, seconds), "us")
        else:
            say("SKIPPED, NOT MEASURED: janus is not installed (scripts/setup --tests)")
        return
    cost, per_second, bits = ours(RECEIVERS, seconds)
    packets = shape(per_second, bits)
    base = floor(*packets, RECEIVERS, seconds)
    say(f"floor: {base:.2f} us a packet")
    figure("fanout.cpu_per_packet", cost, "us")
    figure("fanout.floor", base, "us")
    figure("fanout.to_floor", cost / base, "x")
    if not present():
        say("SKIPPED, NOT MEASURED: janus is not installed (scripts/setup --tests)")
        return
    tuned = peer(2, *packets, RECEIVERS, seconds)
    figure("fanout.janus_tuned", tuned, "us")
    figure("fanout.to_janus", cost / tuned, "x")


main()
