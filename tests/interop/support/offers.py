"""An offer written by hand: for what is asked of HTTP before, or without, any media."""

UFRAG, PASSWORD = "inop", "interop-interop-interop"
FINGERPRINT = "sha-256 " + ":".join(f"{n:02X}" for n in range(32))
CANDIDATE = "candidate:1 1 UDP 2130706431 127.0.0.1 9 typ host"


def offer(direction="sendonly"):
    """Opus and VP8, bundled, with no candidate: trickle is to bring them."""
    transport = [f"a=ice-ufrag:{UFRAG}", f"a=ice-pwd:{PASSWORD}", "a=ice-options:trickle",
                 f"a=fingerprint:{FINGERPRINT}", "a=setup:actpass", "a=rtcp-mux",
                 f"a={direction}"]
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1",
             "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0", *transport,
             "a=rtpmap:111 opus/48000/2",
             "m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:1", *transport,
             "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli"]
    return "\r\n".join(lines) + "\r\n"
