#pragma once
// What the parts of the control room share: who acts, what they may know of the seats, and what
// they say should be written to the log. Pure.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/clock.hpp"
#include "base/events/event_log.hpp"
#include "base/result.hpp"

namespace diemcau::mcu {

/// Who gives a command. Roles are those in this meeting.
struct Actor {
  std::string seat;      // as it stands in the log
  bool seated = false;   // has a row in the roster: not a viewer
  bool chair = false;    // chair, or the administrator in its place
  bool manages = false;  // chair, secretary, administrator
};

/// What is known of the seats when a command is decided.
struct SeatFacts {
  std::function<bool(const std::string&)> listed, connected, expected;
};

/// What a command leads to; written to the log, then applied.
using Events = std::vector<NewEvent>;

inline NewEvent event(const Actor& actor, std::string kind, const boost::json::object& data = {}) {
  return {actor.seat, std::move(kind), boost::json::serialize(data)};
}

/// An event of the log as the parts read it. `at` is on the monotonic clock: of a past run, the
/// moment it would have been.
struct PastEvent {
  std::string_view kind, actor;
  const boost::json::object& data;
  TimePoint at;

  std::string text(std::string_view name) const {
    const auto* value = data.if_contains({name.data(), name.size()});
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
  }
  std::int64_t number(std::string_view name) const {
    const auto* value = data.if_contains({name.data(), name.size()});
    const auto* number = value != nullptr ? value->if_int64() : nullptr;
    return number != nullptr ? *number : 0;
  }
  bool flag(std::string_view name) const {
    const auto* value = data.if_contains({name.data(), name.size()});
    const auto* flag = value != nullptr ? value->if_bool() : nullptr;
    return flag != nullptr && *flag;
  }
  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> out;
    const auto* value = data.if_contains({name.data(), name.size()});
    const auto* array = value != nullptr ? value->if_array() : nullptr;
    if (array == nullptr) return out;
    for (const auto& item : *array)
      if (const auto* text = item.if_string()) out.emplace_back(text->data(), text->size());
    return out;
  }
};

inline Error no_seat() {
  return make_error(Errc::not_found, "seat.not_found", "no such seat in this meeting");
}
inline Error site_not_connected() {
  return make_error(Errc::conflict, "site.not_connected", "that site is not here now");
}
inline Error forbidden(std::string_view detail) {
  return make_error(Errc::forbidden, "auth.forbidden", detail);
}

}  // namespace diemcau::mcu
