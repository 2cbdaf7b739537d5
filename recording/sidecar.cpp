#include "recording/sidecar.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace diemcau::recording {
namespace {

namespace json = boost::json;

constexpr const char* kSidecarName = "recording.json";
constexpr const char* kMarksName = "marks.jsonl";
constexpr std::string_view kDamaged = ".damaged";
constexpr std::array kStates = {RecorderState::recording, RecorderState::finishing,
                                RecorderState::finished, RecorderState::failed};

std::int64_t micros(WallTime t) {
  return t.time_since_epoch().count();
}
WallTime wall(std::int64_t us) {
  return WallTime(std::chrono::microseconds(us));
}

json::value optional_time(const std::optional<WallTime>& t) {
  return t ? json::value(micros(*t)) : json::value(nullptr);
}
std::optional<WallTime> optional_time(const json::value& v) {
  if (v.is_null()) return std::nullopt;
  return wall(v.to_number<std::int64_t>());
}
std::string text(const json::value& v) {
  return std::string(v.as_string());
}

SegmentInfo segment_from(const json::value& v) {
  SegmentInfo segment;
  segment.file = text(v.at("file"));
  segment.start = std::chrono::microseconds(v.at("start_us").to_number<std::int64_t>());
  segment.length = std::chrono::microseconds(v.at("length_us").to_number<std::int64_t>());
  segment.bytes = v.at("bytes").to_number<std::uint64_t>();
  // The name is used as a path: nothing but our own names may leave this parser.
  if (!is_segment_name(segment.file)) throw std::invalid_argument("segment name");
  return segment;
}

Mark mark_from(const json::value& v) {
  Mark mark{wall(v.at("at_us").to_number<std::int64_t>()), text(v.at("kind")), text(v.at("text"))};
  const auto& object = v.as_object();
  if (const auto* unit = object.if_contains("unit")) mark.unit = text(*unit);
  if (const auto* item = object.if_contains("item")) mark.item = item->to_number<int>();
  if (const auto* position = object.if_contains("position_us"))
    mark.position = std::chrono::microseconds(position->to_number<std::int64_t>());
  return mark;
}

}  // namespace

std::string_view name_of(RecorderState state) {
  switch (state) {
    case RecorderState::recording:
      return "recording";
    case RecorderState::finishing:
      return "finishing";
    case RecorderState::finished:
      return "finished";
    case RecorderState::failed:
      return "failed";
  }
  return "?";
}

std::string to_json(const Sidecar& s) {
  json::array segments;
  for (const SegmentInfo& segment : s.segments)
    segments.push_back(
        {{"file", segment.file},
         {"start_us", std::chrono::duration_cast<std::chrono::microseconds>(segment.start).count()},
         {"length_us",
          std::chrono::duration_cast<std::chrono::microseconds>(segment.length).count()},
         {"bytes", segment.bytes}});
  const json::object object{{"version", 1},
                            {"id", s.id.str()},
                            {"meeting", s.meeting.str()},
                            {"state", name_of(s.state)},
                            {"started_us", micros(s.started)},
                            {"media_started_us", optional_time(s.media_started)},
                            {"ended_us", optional_time(s.ended)},
                            {"problem", s.problem},
                            {"recovered", s.recovered},
                            {"segments", std::move(segments)}};
  return json::serialize(object) + "\n";
}

Result<Sidecar> sidecar_from_json(std::string_view text_in) {
  try {
    const json::value v = json::parse(text_in);
    if (v.at("version").to_number<int>() != 1)
      return make_error(Errc::unsupported, "recording.bad_sidecar", "written by a newer program");
    Sidecar s;
    s.id = RecordingId(text(v.at("id")));
    s.meeting = MeetingId(text(v.at("meeting")));
    const std::string state = text(v.at("state"));
    const auto known = std::ranges::find(kStates, state, [](auto x) { return name_of(x); });
    if (known == kStates.end()) throw std::invalid_argument("state");
    s.state = *known;
    s.started = wall(v.at("started_us").to_number<std::int64_t>());
    s.media_started = optional_time(v.at("media_started_us"));
    s.ended = optional_time(v.at("ended_us"));
    s.problem = text(v.at("problem"));
    s.recovered = v.at("recovered").as_bool();
    for (const json::value& segment : v.at("segments").as_array())
      s.segments.push_back(segment_from(segment));
    return s;
  } catch (const std::exception& e) {
    return make_error(Errc::io, "recording.bad_sidecar", e.what());
  }
}

Result<Sidecar> read_sidecar(const std::filesystem::path& folder) {
  const auto content = read_text(folder / kSidecarName);
  if (!content) return content.error();
  return sidecar_from_json(*content);
}

Result<void> write_sidecar(Disk& disk, const std::filesystem::path& folder, const Sidecar& s) {
  return disk.replace(folder / kSidecarName, to_json(s));
}

Result<void> append_mark(Disk& disk, const std::filesystem::path& folder, const Mark& mark) {
  json::object line{{"at_us", micros(mark.at)}, {"kind", mark.kind}, {"text", mark.text}};
  if (!mark.unit.empty()) line["unit"] = mark.unit;
  if (mark.item > 0) line["item"] = mark.item;
  if (mark.position)
    line["position_us"] =
        std::chrono::duration_cast<std::chrono::microseconds>(*mark.position).count();
  return disk.append_line(folder / kMarksName, json::serialize(line));
}

std::vector<Mark> read_marks(const std::filesystem::path& folder) {
  std::vector<Mark> marks;
  const auto content = read_text(folder / kMarksName);
  if (!content) return marks;
  std::string_view rest = *content;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    try {
      marks.push_back(mark_from(json::parse(rest.substr(0, end))));
    } catch (const std::exception&) {  // torn by a crash
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::ranges::stable_sort(marks, {}, &Mark::at);
  return marks;
}

std::string segment_name(std::size_t number) {
  char name[32];
  std::snprintf(name, sizeof name, "%04zu.mp4", number);
  return name;
}

bool is_segment_name(std::string_view name) {
  return name.size() >= 8 && name.size() <= 12 && name.ends_with(".mp4") &&
         name.find_first_not_of("0123456789") == name.size() - 4;
}

std::string damaged_name(std::string_view segment_name) {
  return std::string(segment_name) + std::string(kDamaged);
}

bool is_damaged_name(std::string_view name) {
  return name.ends_with(kDamaged) && is_segment_name(name.substr(0, name.size() - kDamaged.size()));
}

}  // namespace diemcau::recording
