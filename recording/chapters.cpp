#include "recording/chapters.hpp"

#include <algorithm>
#include <cstdio>

namespace diemcau::recording {
namespace {

using std::chrono::milliseconds;

std::string timestamp(milliseconds at) {
  const long long ms = at.count();
  char text[48];
  std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld.%03lld", ms / 3'600'000, ms / 60'000 % 60,
                ms / 1000 % 60, ms % 1000);
  return text;
}

/// Cue text: the three characters of markup escaped (which also breaks "-->"), and every kind of
/// line end or control character a space, so that a title can neither end its cue nor begin one.
std::string escaped(std::string_view title) {
  std::string out;
  for (const char c : title) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
  }
  const auto first = out.find_first_not_of(' ');
  return first == std::string::npos ? "-" : out.substr(first);
}

}  // namespace

std::string to_webvtt(std::span<const Chapter> chapters, Duration length) {
  struct Cue {
    milliseconds start;
    std::string_view title;
  };
  const auto end = std::chrono::duration_cast<milliseconds>(length);
  std::vector<Cue> cues;
  for (const Chapter& chapter : chapters)
    cues.push_back(
        {std::max(std::chrono::duration_cast<milliseconds>(chapter.start), milliseconds::zero()),
         chapter.title});
  std::ranges::stable_sort(cues, {}, &Cue::start);
  std::string out = "WEBVTT\n";
  for (std::size_t i = 0; i < cues.size(); ++i) {
    const milliseconds until = i + 1 < cues.size() ? std::min(cues[i + 1].start, end) : end;
    if (cues[i].start >= until) continue;
    out += "\n" + timestamp(cues[i].start) + " --> " + timestamp(until) + "\n" +
           escaped(cues[i].title) + "\n";
  }
  return out;
}

std::vector<Chapter> chapters_of(const Sidecar& sidecar, std::span<const Mark> marks) {
  std::vector<Chapter> chapters;
  if (!sidecar.media_started) return chapters;
  for (const Mark& mark : marks) chapters.push_back({mark.at - *sidecar.media_started, mark.text});
  return chapters;
}

}  // namespace diemcau::recording
