#!/usr/bin/env python3
"""The guard must bark: every arrow, turned round once."""

import pathlib
import tempfile
import unittest

import includes


def violations(path, *targets):
    text = "".join(f"#include {t if t[0] in '<' else chr(34) + t + chr(34)}\n" for t in targets)
    return includes.check_file(path, text)


class Arrows(unittest.TestCase):
    def assert_refused(self, path, target):
        self.assertEqual(len(violations(path, target)), 1, f"{path} -> {target}")

    def assert_allowed(self, path, target):
        self.assertEqual(violations(path, target), [], f"{path} -> {target}")

    def test_base_includes_nobody(self):
        for target in ("media/endpoint.hpp", "signaling/messages.hpp", "mcu/app/cli.hpp"):
            self.assert_refused("base/clock.hpp", target)
        self.assert_refused("base/clock.hpp", "base/storage/database.hpp")
        self.assert_allowed("base/units/unit_store.cpp", "base/storage/database.hpp")

    def test_signaling_and_media_never_meet(self):
        self.assert_refused("signaling/listener.cpp", "media/endpoint.hpp")
        self.assert_refused("media/endpoint.hpp", "signaling/messages.hpp")

    def test_recording_sees_only_frames_of_media(self):
        self.assert_allowed("recording/recorder.hpp", "media/stream/encoded_stream.hpp")
        self.assert_refused("recording/recorder.hpp", "media/rtp/rtp_session.hpp")
        self.assert_refused("recording/recorder.hpp", "signaling/messages.hpp")

    def test_nobody_includes_mcu(self):
        for path in ("media/endpoint.hpp", "signaling/listener.cpp", "recording/tools.cpp"):
            self.assert_refused(path, "mcu/conference/conference_service.hpp")

    def test_layers_of_media(self):
        self.assert_refused("media/stream/codec.hpp", "media/rtp/rtp_session.hpp")
        self.assert_refused("media/rtp/rtp_session.hpp", "media/mix/mix_plan.hpp")
        self.assert_refused("media/mix/video_mixer.hpp", "media/endpoint.hpp")
        self.assert_allowed("media/mix/video_mixer.hpp", "media/stream/codec.hpp")
        self.assert_allowed("media/endpoint.hpp", "media/mix/mix_plan.hpp")
        self.assert_allowed("media/transport/secure_transport.hpp", "media/rtp/packet_output.hpp")
        self.assert_refused("media/transport/secure_transport.hpp", "media/rtp/uplink.hpp")

    def test_layers_of_mcu(self):
        self.assert_refused("mcu/meetings/meeting_store.cpp", "mcu/conference/roster.hpp")
        self.assert_refused("mcu/api/routes.cpp", "mcu/conference/roster.hpp")
        self.assert_allowed("mcu/api/routes.cpp", "mcu/conference/conference_service.hpp")
        self.assert_refused("mcu/conference/conference.cpp", "mcu/app/stores.hpp")

    def test_third_parties_stay_behind_their_folder(self):
        self.assert_refused("mcu/conference/conference.cpp", "<soci/soci.h>")
        self.assert_allowed("signaling/auth/token_store.cpp", "<soci/soci.h>")
        self.assert_refused("mcu/conference/conference.cpp", "<nice/agent.h>")
        self.assert_refused("media/rtp/rtp_session.cpp", "<srtp2/srtp.h>")
        self.assert_refused("signaling/listener.cpp", "<openssl/srtp.h>")
        self.assert_refused("media/rtp/rtp_session.cpp", "<gst/gst.h>")
        self.assert_refused("mcu/conference/conference.cpp", "<boost/beast/core.hpp>")

    def test_includes_are_written_from_the_root_and_never_of_tests(self):
        self.assert_refused("base/clock.cpp", "clock.hpp")
        self.assert_refused("base/clock.cpp", "../media/endpoint.hpp")
        self.assert_refused("base/clock.cpp", "tests/support/peer.hpp")

    def test_a_whole_tree_is_read(self):
        with tempfile.TemporaryDirectory() as root:
            file = pathlib.Path(root, "media", "rtp", "bad.cpp")
            file.parent.mkdir(parents=True)
            file.write_text('#pragma once\n  #  include "mcu/app/cli.hpp"\n', encoding="utf-8")
            found, files = includes.check_tree(root)
            self.assertEqual((len(found), files), (1, 1))


if __name__ == "__main__":
    unittest.main()
