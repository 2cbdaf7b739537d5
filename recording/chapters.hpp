#pragma once
// The chapters of a recording, and as a WebVTT file (https://www.w3.org/TR/webvtt1/). Pure.

#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "recording/sidecar.hpp"

namespace diemcau::recording {

struct Chapter {
  Duration start{};   // since the recording's first media
  std::string title;  // UTF-8, may hold anything; said in Vietnamese what it is
  Duration end{};     // where the speech or vote ended, or the next of its kind began
  std::string kind{}, text{}, unit{};  // as marked
  int item = 0;
};

/// One cue per chapter, up to the next one's start or to `length`. Chapters are put in order; those
/// before zero begin at zero, those at or behind the end are left out, and of several at one moment
/// the titles stand beside each other.
std::string to_webvtt(std::span<const Chapter> chapters, Duration length);

/// Where the marks stand in this recording, in order: an item of the agenda before who speaks to
/// it. Those behind its length are left out; none before its first media is known.
std::vector<Chapter> chapters_of(const Sidecar& sidecar, std::span<const Mark> marks,
                                 Duration length);

}  // namespace diemcau::recording
