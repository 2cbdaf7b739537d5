#pragma once
// Start-up of GStreamer: once per process, and a check that says what to install.

#include <span>

#include "base/result.hpp"

namespace diemcau::media::gst {

/// Initialises GStreamer once; any thread, any number of times.
Result<void> initialize();

struct RequiredElement {
  const char* name;     // as gst-inspect-1.0 shows it
  const char* package;  // the Debian package that has it
};

/// What the server's pipelines are made of.
std::span<const RequiredElement> required_elements();

/// Initialises, then loads every plug-in of required_elements(), so that the first picture of a
/// meeting does not wait for the dynamic linker. Error `unavailable`, code "gst.missing_element":
/// its detail names every missing element and its Debian package.
Result<void> require_elements();
Result<void> require_elements(std::span<const RequiredElement> elements);

}  // namespace diemcau::media::gst
