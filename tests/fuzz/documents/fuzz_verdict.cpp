#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mcu/meetings/documents/inspector.hpp"
#include "mcu/meetings/documents/relationships.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::mcu;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto verdict = read_verdict(text);
  if (verdict) {
    // What is believed can be said again in the same words.
    if (read_verdict(to_verdict(verdict))->pages != verdict->pages) std::abort();
  } else if (!verdict.error().code.starts_with("document.")) {
    std::abort();
  }
  (void)reaches_outside(text);
  return 0;
}
