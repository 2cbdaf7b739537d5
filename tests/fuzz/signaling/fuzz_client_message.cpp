#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "signaling/messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::signaling;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto message = parse_client_message(text);
  const auto id = request_id_of(text);
  if (message) {
    if (const auto* join = std::get_if<Join>(&*message); join != nullptr && join->display)
      if (join->display->width < 1 || join->display->height > 16384) std::abort();
    if (const auto* said = std::get_if<SendText>(&*message))
      if (said->text.empty() || said->text.size() > 16 * 1024 || said->to.size() > 64) std::abort();
    if (const auto* help = std::get_if<SendHelp>(&*message)) {
      if (help->seat.empty() || help->seat.size() > 64 || help->text.size() > 16 * 1024)
        std::abort();
      if ((help->kind == HelpKind::message) == help->text.empty()) std::abort();
    }
    if (const auto* view = std::get_if<SetView>(&*message)) {
      const auto& second = view->second;
      if (second.page < 0 || second.page > 999) std::abort();
      if ((second.kind == SecondKind::site) == second.seat.empty()) std::abort();
    }
  }
  // What is refused is told to the page: its text must be writable whatever came in.
  if (!message) (void)to_json(Refused{id, message.error()});
  return 0;
}
