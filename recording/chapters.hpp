#pragma once
// Chapters as a WebVTT file (https://www.w3.org/TR/webvtt1/). Pure.

#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "recording/sidecar.hpp"

namespace diemcau::recording {

struct Chapter {
  Duration start{};   // since the recording's first media
  std::string title;  // UTF-8, may hold anything
};

/// One cue per chapter, up to the next one's start or to `length`. Chapters are put in order; those
/// before zero begin at zero, those at or behind the end are left out, and of several at one moment
/// the last counts.
std::string to_webvtt(std::span<const Chapter> chapters, Duration length);

/// Where the marks stand in this recording. None before its first media is known.
std::vector<Chapter> chapters_of(const Sidecar& sidecar, std::span<const Mark> marks);

}  // namespace diemcau::recording
