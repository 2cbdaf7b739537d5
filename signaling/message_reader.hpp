#pragma once
// Takes the fields of one client message one by one and remembers the first that is wrong. Private
// to the parsers of signaling.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/text.hpp"
#include "signaling/messages.hpp"

namespace diemcau::signaling {

inline constexpr std::size_t kMaxPinned = 25;
inline constexpr std::size_t kMaxSeat = 64;
// Bytes of a text of 2 000 characters, and of some that will be left out.
inline constexpr std::size_t kMaxText = 16 * 1024;
inline constexpr std::int64_t kMaxPixels = 16384, kMaxPage = 999;
inline constexpr std::int64_t kMaxId = (std::int64_t{1} << 53) - 1;  // what JavaScript can hold

class MessageReader {
 public:
  explicit MessageReader(const boost::json::object& object) : object_(object) {}

  std::int64_t id() {
    const auto* value = required("id");
    const std::int64_t* number = value != nullptr ? value->if_int64() : nullptr;
    if (number == nullptr || *number < 1 || *number > kMaxId) return fail("id"), 0;
    return *number;
  }
  std::string text(std::string_view name, std::size_t limit) {
    const auto* value = required(name);
    return value != nullptr ? text_of(*value, name, limit) : std::string();
  }
  bool flag(std::string_view name) {
    const auto* value = required(name);
    const bool* flag = value != nullptr ? value->if_bool() : nullptr;
    if (flag == nullptr) return fail(name), false;
    return *flag;
  }
  MediaState media() { return {flag("microphone"), flag("camera"), flag("screen")}; }
  MediaState media_inside(std::string_view name) {
    const auto* value = required(name);
    const auto* object = value != nullptr ? value->if_object() : nullptr;
    if (object == nullptr) return fail(name), MediaState{};
    MessageReader inner(*object);
    const MediaState media = inner.media();
    if (!inner.wrong_.empty()) fail(inner.wrong_);
    return media;
  }
  std::optional<PictureSize> size_if_there(std::string_view name) {
    const auto* value = object_.if_contains({name.data(), name.size()});
    if (value == nullptr) return std::nullopt;
    const auto* object = value->if_object();
    if (object == nullptr) return fail(name), std::nullopt;
    MessageReader inner(*object);
    const PictureSize size{inner.number("width", 1, kMaxPixels),
                           inner.number("height", 1, kMaxPixels)};
    if (!inner.wrong_.empty()) fail(name);
    return size;
  }
  SecondPicture second_inside(std::string_view name) {
    const auto* value = required(name);
    const auto* object = value != nullptr ? value->if_object() : nullptr;
    if (object == nullptr) return fail(name), SecondPicture{};
    MessageReader inner(*object);
    SecondPicture second;
    const auto kind = inner.text("kind", 32);
    if (kind == name_of(SecondKind::site)) {
      second.kind = SecondKind::site;
      second.seat = inner.text("seat", kMaxSeat);
    } else if (kind == name_of(SecondKind::wall)) {
      second.kind = SecondKind::wall;
      second.page = inner.number("page", 0, kMaxPage);
    } else if (kind != name_of(SecondKind::slides)) {
      inner.fail("kind");
    }
    if (!inner.wrong_.empty()) fail(inner.wrong_);
    return second;
  }
  std::vector<std::string> seats(std::string_view name, std::size_t most = kMaxPinned) {
    std::vector<std::string> out;
    const auto* value = required(name);
    const auto* array = value != nullptr ? value->if_array() : nullptr;
    if (array == nullptr || array->size() > most) return fail(name), out;
    for (const auto& item : *array) out.push_back(text_of(item, name, kMaxSeat));
    return out;
  }
  int number(std::string_view name, std::int64_t least, std::int64_t most) {
    const auto* value = required(name);
    const std::int64_t* number = value != nullptr ? value->if_int64() : nullptr;
    if (number == nullptr || *number < least || *number > most) return fail(name), 0;
    return static_cast<int>(*number);
  }
  /// Absent is `otherwise`; of the wrong kind is wrong all the same.
  int number_or(std::string_view name, std::int64_t least, std::int64_t most, int otherwise) {
    return has(name) ? number(name, least, most) : otherwise;
  }
  std::string text_or_empty(std::string_view name, std::size_t limit) {
    const auto* value = object_.if_contains({name.data(), name.size()});
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    if (text != nullptr && text->empty()) return {};
    return has(name) ? this->text(name, limit) : std::string();
  }
  /// What people typed: one line without anything unseen; empty when it is not there.
  std::string line(std::string_view name, std::size_t limit) {
    auto out = text_or_empty(name, limit);
    if (!is_plain_line(out)) fail(name);
    return out;
  }
  /// Which of these names the text is.
  std::size_t one_of(std::string_view name, std::span<const std::string_view> names) {
    const auto found = std::ranges::find(names, text(name, 32));
    if (found == names.end()) return fail(name), 0;
    return static_cast<std::size_t>(found - names.begin());
  }
  bool has(std::string_view name) const {
    return object_.if_contains({name.data(), name.size()}) != nullptr;
  }
  void fail(std::string_view name) {
    if (wrong_.empty()) wrong_ = name;
  }
  const std::string& wrong() const noexcept { return wrong_; }

 private:
  const boost::json::value* required(std::string_view name) {
    const auto* value = object_.if_contains({name.data(), name.size()});
    if (value == nullptr) fail(name);
    return value;
  }
  std::string text_of(const boost::json::value& value, std::string_view name, std::size_t limit) {
    const auto* text = value.if_string();
    if (text == nullptr || text->empty() || text->size() > limit) return fail(name), std::string();
    return {text->data(), text->size()};
  }

  const boost::json::object& object_;
  std::string wrong_;
};

/// The parser of the control room's messages; nothing when the type is not one of them.
std::optional<ClientMessage> read_control(std::string_view type, MessageReader& in);

}  // namespace diemcau::signaling
