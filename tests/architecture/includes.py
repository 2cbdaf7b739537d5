#!/usr/bin/env python3
"""Holds the arrows between the folders by reading every #include of ours.

base <- media, signaling, recording, reporting <- mcu; inside media the order of MEDIA. Third-party
libraries stay behind the folder that wraps them. Usage: includes.py ROOT; prints each violation and
ends with 1 when there is one.
"""

import pathlib
import re
import sys

# What a folder may include beside itself. The longest matching prefix decides.
ALLOWED = {
    "base": set(),
    "base/events": {"base"},
    "base/storage": {"base"},
    "base/units": {"base"},
    "media": {"base"},
    "signaling": {"base"},
    "recording": {"base", "media/stream"},
    "reporting": {"base"},
    "mcu": {"base", "media", "signaling", "recording", "reporting"},
}

# Inside media a folder may include those before it.
MEDIA = ["stream", "codec", "transport", "rtp", "tape", "gst", "mix"]
# Contracts that belong to no layer: shared downwards as well.
MEDIA_SHARED = {"media/session_parameters.hpp"}
TRANSPORT_MAY = {"media/rtp/packet_output.hpp"}

# Inside mcu a folder may include those before it; of the conference the API sees the service only.
MCU = ["meetings", "conference", "checks", "api", "app"]
API_MAY = {"mcu/conference/conference_service.hpp"}

# Third-party headers, and who alone may see them.
STORES = [
    "base/storage",
    "base/units",
    "base/events",
    "signaling/auth",
    "recording",
    "mcu/meetings",
    "mcu/checks",
]
THIRD_PARTY = [
    (r"soci/", STORES),
    (r"(nice/|agent\.h)", ["media/transport"]),
    (r"srtp2?/", ["media/transport"]),
    (r"gst/", ["media/gst", "media/mix", "mcu/conference/negotiation", "mcu/app/simulate"]),
    (r"libyuv", ["media/mix"]),
    (r"libav(codec|util)/", ["media/mix"]),
    (r"boost/beast", ["signaling", "mcu/app/simulate"]),
    (r"CLI/", ["mcu/app"]),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
TOP = ["base", "media", "signaling", "recording", "reporting", "mcu"]


def starts_with(path, folder):
    return path == folder or path.startswith(folder + "/")


def rule_of(path):
    """The most particular folder with a rule that holds this file."""
    return max((f for f in ALLOWED if starts_with(path, f)), key=len)


def media_layer(path):
    part = path.split("/")[1]
    return MEDIA.index(part) if part in MEDIA else None


def check_own(path, target):
    """Why this file may not include that one of ours; None when it may."""
    if not any(starts_with(target, top) for top in TOP):
        if starts_with(target, "tests"):
            return "the product must not include tests"
        return "write includes from the repository's root"
    own, allowed = rule_of(path), ALLOWED[rule_of(path)]
    if not starts_with(target, own) and not any(starts_with(target, a) for a in allowed):
        return f"{own} may not include {target}"
    if starts_with(path, "media") and starts_with(target, "media"):
        mine, theirs = media_layer(path), media_layer(target)
        if mine is None or target in MEDIA_SHARED:
            return None  # the facades stand above all layers
        if theirs is None:
            return f"media/{MEDIA[mine]} may not include the facade {target}"
        if MEDIA[mine] == "transport" and target in TRANSPORT_MAY:
            return None
        if theirs > mine:
            return f"media/{MEDIA[mine]} may not include upwards: {target}"
    if starts_with(path, "mcu") and starts_with(target, "mcu"):
        mine, theirs = (MCU.index(p.split("/")[1]) for p in (path, target))
        if theirs > mine:
            return f"mcu/{MCU[mine]} may not include upwards: {target}"
        if MCU[mine] == "api" and MCU[theirs] == "conference" and target not in API_MAY:
            return f"mcu/api sees of the conference only its service, not {target}"
    if starts_with(path, "base") and rule_of(path) == "base":
        for above in ("base/storage", "base/events", "base/units"):
            if starts_with(target, above):
                return f"the foundations of base may not include {above}"
    return None


def check_third_party(path, target):
    for pattern, folders in THIRD_PARTY:
        if re.match(pattern, target) and not any(starts_with(path, f) for f in folders):
            return f"<{target}> stays behind {', '.join(folders)}"
    # DTLS is transport's; certificates, hashes and HTTPS may use OpenSSL elsewhere.
    if target == "openssl/srtp.h" and not starts_with(path, "media/transport"):
        return f"<{target}> stays behind media/transport"
    return None


def check_file(path, text):
    """All violations of one file, given its path from the root and its text."""
    found = []
    for kind, target in INCLUDE.findall(text):
        why = check_own(path, target) if kind == '"' else check_third_party(path, target)
        if why:
            found.append(f"{path}: {why}")
    return found


def check_tree(root):
    found, files = [], 0
    for top in TOP:
        for file in sorted(pathlib.Path(root, top).rglob("*")):
            if file.suffix in (".cpp", ".hpp", ".in") and file.is_file():
                files += 1
                path = file.relative_to(root).as_posix()
                found += check_file(path, file.read_text(encoding="utf-8"))
    return found, files


def main():
    found, files = check_tree(sys.argv[1])
    for violation in found:
        print(violation)
    print(f"{files} files, {len(found)} violations")
    return 1 if found or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
