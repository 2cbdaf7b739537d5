#include <cstdint>
#include <string_view>

#include "signaling/messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::signaling;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto message = parse_client_message(text);
  const auto id = request_id_of(text);
  // What is refused is told to the page: its text must be writable whatever came in.
  if (!message) (void)to_json(Refused{id, message.error()});
  return 0;
}
