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

std::string title_of(const Mark& mark) {
  if (mark.kind == "floor") return "Phát biểu: " + mark.text;
  if (mark.kind == "agenda") return "Mục " + std::to_string(mark.item) + ": " + mark.text;
  if (mark.kind == "vote") return "Biểu quyết: " + mark.text;
  if (mark.kind == "vote_result") return "Kết quả biểu quyết: " + mark.text;
  if (mark.kind == "roll_call") return "Điểm danh";
  return mark.text;
}

constexpr std::string_view kEnd = "_end";

/// Before zero for what was before the first picture, so that it keeps its order.
Duration place(const Sidecar& sidecar, const Mark& mark) {
  return mark.position ? *mark.position : mark.at - *sidecar.media_started;
}

}  // namespace

std::string to_webvtt(std::span<const Chapter> chapters, Duration length) {
  struct Cue {
    milliseconds start;
    std::string title;
  };
  const auto end = std::chrono::duration_cast<milliseconds>(length);
  std::vector<Cue> cues;
  for (const Chapter& chapter : chapters)
    cues.push_back(
        {std::max(std::chrono::duration_cast<milliseconds>(chapter.start), milliseconds::zero()),
         escaped(chapter.title)});
  std::ranges::stable_sort(cues, {}, &Cue::start);
  std::string out = "WEBVTT\n";
  for (std::size_t i = 0; i < cues.size(); ++i) {
    if (i + 1 < cues.size() && cues[i + 1].start == cues[i].start) {
      cues[i + 1].title = cues[i].title + " · " + cues[i + 1].title;
      continue;
    }
    const milliseconds until = i + 1 < cues.size() ? std::min(cues[i + 1].start, end) : end;
    if (cues[i].start >= until) continue;
    out +=
        "\n" + timestamp(cues[i].start) + " --> " + timestamp(until) + "\n" + cues[i].title + "\n";
  }
  return out;
}

std::vector<Chapter> chapters_of(const Sidecar& sidecar, std::span<const Mark> marks,
                                 Duration length) {
  std::vector<Chapter> chapters;
  if (!sidecar.media_started) return chapters;
  std::vector<const Mark*> ordered;
  for (const Mark& mark : marks) ordered.push_back(&mark);
  // At one moment: what ends, then the item, then who speaks to it.
  const auto rank = [](const Mark& m) {
    return m.kind.ends_with(kEnd) ? 0 : m.kind != "floor" ? 1 : 2;
  };
  std::ranges::stable_sort(
      ordered, {}, [&](const Mark* mark) { return std::pair(place(sidecar, *mark), rank(*mark)); });
  for (const Mark* mark : ordered) {
    const Duration at = place(sidecar, *mark);
    const bool ends = mark->kind.ends_with(kEnd);
    const auto kind = mark->kind.substr(0, mark->kind.size() - (ends ? kEnd.size() : 0));
    for (auto& open : chapters)
      if (open.kind == kind) open.end = std::min(open.end, at);
    if (!ends && at < length)
      chapters.push_back({at, title_of(*mark), length, kind, mark->text, mark->unit, mark->item});
  }
  std::erase_if(chapters, [](const Chapter& chapter) { return chapter.end < Duration::zero(); });
  for (Chapter& chapter : chapters) chapter.start = std::max(chapter.start, Duration::zero());
  return chapters;
}

}  // namespace diemcau::recording
