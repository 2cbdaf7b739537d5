#include "mcu/conference/site_help.hpp"

#include "base/text.hpp"

namespace diemcau::mcu {
namespace {

constexpr std::size_t kMostSeats = 5000;

Error refused(std::string_view code, std::string_view detail) {
  return make_error(Errc::invalid_argument, code, detail);
}

signaling::TokenBucket& bucket(std::map<std::string, signaling::TokenBucket>& all,
                               const std::string& seat, double at_once, double per_second) {
  if (all.size() > kMostSeats) all.clear();
  return all.try_emplace(seat, at_once, per_second).first->second;
}

}  // namespace

Result<SiteHelp::Sent> SiteHelp::decide(const signaling::SendHelp& help, const Actor& actor,
                                        const SeatFacts& facts, TimePoint now) {
  if (!actor.manages) return forbidden("only chair or secretary may do this");
  if (!facts.listed(help.seat)) return no_seat();
  boost::json::object data{{"seat", help.seat},
                           {"kind", std::string(signaling::name_of(help.kind))}};
  std::string text;
  if (help.kind == signaling::HelpKind::message) {
    auto clean = without_unseen(help.text);
    if (!clean) return refused("text.bad_character", "control characters are not for texts");
    if (clean->find_first_not_of(" \n\t") == std::string::npos)
      return refused("text.empty", "there is nothing in it");
    if (characters_in(*clean) > kMostCharacters)
      return refused("help.too_long", "words for a screen may have 300 characters");
    text = std::move(*clean);
    data["text"] = text;
  }
  if (!facts.connected(help.seat)) return site_not_connected();
  if (!bucket(by_, actor.seat, kSentAtOnce, kSentPerSecond).take(now) ||
      !bucket(at_, help.seat, kAtOnce, kPerSecond).take(now))
    return make_error(Errc::busy, "help.too_often", "too much help one after the other");
  return Sent{event(actor, "help.sent", data), std::move(text)};
}

}  // namespace diemcau::mcu
