#include "media/gst/runtime.hpp"

#include <gtest/gtest.h>

namespace diemcau::media::gst {
namespace {

TEST(Runtime, finds_everything_the_server_needs) {
  const auto ready = require_elements();
  EXPECT_TRUE(ready) << ready.error().detail;
}

TEST(Runtime, names_the_package_of_each_missing_element) {
  const RequiredElement wanted[] = {{"appsrc", "gstreamer1.0-plugins-base"},
                                    {"no_such_element", "gstreamer1.0-plugins-nowhere"},
                                    {"nor_this", "gstreamer1.0-elsewhere"}};
  const auto ready = require_elements(wanted);
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().kind, Errc::unavailable);
  EXPECT_EQ(ready.error().code, "gst.missing_element");
  EXPECT_EQ(ready.error().detail,
            "GStreamer elements are missing: no_such_element (Debian package "
            "gstreamer1.0-plugins-nowhere), nor_this (Debian package gstreamer1.0-elsewhere)");
}

}  // namespace
}  // namespace diemcau::media::gst
