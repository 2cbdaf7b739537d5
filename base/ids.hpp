#pragma once
// Identifiers that cannot be mixed up.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace diemcau {

template <class Tag>
struct StringId {
  std::string value;

  StringId() = default;
  explicit StringId(std::string v) : value(std::move(v)) {}
  bool empty() const noexcept { return value.empty(); }
  const std::string& str() const noexcept { return value; }
  auto operator<=>(const StringId&) const = default;
};

template <class Tag>
struct NumericId {
  std::uint64_t value = 0;  // 0: nobody

  explicit operator bool() const noexcept { return value != 0; }
  auto operator<=>(const NumericId&) const = default;
};

using MeetingId = StringId<struct MeetingTag>;
using UnitCode = StringId<struct UnitTag>;  // "HD-10507": a node of the unit tree
using RecordingId = StringId<struct RecordingTag>;
using AccountId = StringId<struct AccountTag>;
using ParticipantId = NumericId<struct ParticipantTag>;  // one connection of one site, never reused
using SourceId = NumericId<struct SourceTag>;            // one camera, screen or microphone
using StreamId = NumericId<struct StreamTag>;            // one EncodedStream

}  // namespace diemcau

template <class Tag>
struct std::hash<diemcau::StringId<Tag>> {
  std::size_t operator()(const diemcau::StringId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
template <class Tag>
struct std::hash<diemcau::NumericId<Tag>> {
  std::size_t operator()(const diemcau::NumericId<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
