// Candidate lines of an offer or a PATCH body.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "media/transport/ice_candidate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::media;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Most inputs would die at the prefix: try the text also behind it.
  const std::string line = "candidate:" + std::string(text);
  for (const std::string_view candidate : {text, std::string_view(line)}) {
    const auto parsed = parse_candidate(candidate);
    if (!parsed) continue;
    // What we write of it must be read again as the same, type aside (we offer hosts only).
    auto again = parse_candidate(to_string(*parsed));
    if (!again) std::abort();
    again->type = parsed->type;
    if (*again != *parsed) std::abort();
  }
  return 0;
}
