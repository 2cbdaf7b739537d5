#pragma once
// The Range header of a request for a file (RFC 9110 §14). Pure.

#include <cstdint>
#include <string>
#include <string_view>

namespace diemcau::recording {

struct ByteRange {
  enum class Kind {
    whole,          // 200: no range asked, or one we ignore (§14.2 allows it)
    part,           // 206 with Content-Range
    unsatisfiable,  // 416 with Content-Range: bytes */size
  };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;   // offset
  std::uint64_t length = 0;  // bytes

  bool operator==(const ByteRange&) const = default;
};

/// `header`: the field's value, empty when it is absent. Another unit than bytes, several ranges
/// and what does not parse are ignored, as §14.2 asks.
ByteRange parse_range(std::string_view header, std::uint64_t size);

/// The value of Content-Range (§14.4) for a part or an unsatisfiable range.
std::string content_range(const ByteRange& range, std::uint64_t size);

}  // namespace diemcau::recording
