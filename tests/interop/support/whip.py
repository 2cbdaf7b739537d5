"""The HTTP half of WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep)."""
import re

from support.http import request

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"


def post_offer(url, path, token, offer, content_type=SDP):
    """`path`: /whip/MEETING or /whep/MEETING?…; the Reply, whatever it is."""
    return request(url, "POST", path, token=token, body=offer, content_type=content_type)


class Session:
    """The resource a POST made: its answer, and PATCH and DELETE on it."""

    def __init__(self, url, path, token, offer):
        created = post_offer(url, path, token, offer)
        assert created.status == 201, f"POST {path}: {created.status} {created.body!r}"
        assert created.headers.get_content_type() == SDP
        self.url, self.token = url, token
        self.location = created.headers["Location"]
        self.etag = created.headers["ETag"]
        self.answer = created.text

    def patch(self, fragment, if_match=None, content_type=FRAGMENT):
        return request(self.url, "PATCH", self.location, token=self.token, body=fragment,
                       content_type=content_type,
                       headers={"If-Match": if_match} if if_match else None)

    def delete(self):
        return request(self.url, "DELETE", self.location, token=self.token)


def attribute(sdp, name):
    """The first a=name:value of an SDP or fragment, or None."""
    found = re.search(rf"^a={name}:(.*?)\r?$", sdp, re.MULTILINE)
    return found.group(1) if found else None


def ice_fragment(offer, ufrag, password, candidates=()):
    """An application/trickle-ice-sdpfrag (RFC 8840 §9) for the offer's BUNDLE group."""
    lines = [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}",
             "a=group:" + attribute(offer, "group"), "m=audio 9 RTP/AVP 0",
             "a=mid:" + attribute(offer, "mid"), *(f"a={c}" for c in candidates)]
    return "\r\n".join(lines) + "\r\n"
