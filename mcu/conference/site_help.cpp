#include "mcu/conference/site_help.hpp"

#include "base/text.hpp"

namespace diemcau::mcu {
Result<SiteHelp::Sent> SiteHelp::decide(const signaling::SendHelp& help, const Actor& actor,
                                        const SeatFacts& facts, TimePoint now) {
  if (!actor.manages) return forbidden("only chair or secretary may do this");
  if (!facts.listed(help.seat)) return no_seat();
  boost::json::object data{{"seat", help.seat},
                           {"kind", std::string(signaling::name_of(help.kind))}};
  std::string text;
  if (help.kind == signaling::HelpKind::message) {
    auto words = words_in(help.text);
    if (!words) return words.error();
    if (characters_in(*words) > kMostCharacters)
      return make_error(Errc::invalid_argument, "help.too_long",
                        "words for a screen may have 300 characters");
    text = std::move(*words);
    data["text"] = text;
  }
  if (!facts.connected(help.seat)) return site_not_connected();
  if (!by_.take(actor.seat, now) || !at_.take(help.seat, now))
    return make_error(Errc::busy, "help.too_often", "too much help one after the other");
  return Sent{event(actor, "help.sent", data), std::move(text)};
}

}  // namespace diemcau::mcu
