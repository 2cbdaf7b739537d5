#include "mcu/conference/text_line.hpp"

#include <boost/json.hpp>

#include "base/text.hpp"

namespace diemcau::mcu {
namespace {

constexpr std::string_view kSecretariat = "secretariat", kAll = "all";

}  // namespace

Result<NewEvent> TextLine::decide(const signaling::SendText& text, const Actor& actor,
                                  const std::string& name, const SeatFacts& facts, TimePoint now) {
  if (!actor.seated) return forbidden("a viewer only looks on");
  if (!actor.manages && text.to != kSecretariat)
    return forbidden("a site writes to the secretariat");
  const bool named = text.to == kSecretariat || text.to == kAll;
  if (!named && !facts.listed(text.to)) return no_seat();
  const auto words = words_in(text.text);
  if (!words) return words.error();
  if (characters_in(*words) > kMostCharacters)
    return make_error(Errc::invalid_argument, "text.too_long", "a text may have 2000 characters");
  if (!rates_.take(actor.seat, now))
    return make_error(Errc::busy, "text.too_often", "too many texts one after the other");
  return event(actor, "text.sent", {{"to", text.to}, {"name", name}, {"text", *words}});
}

void TextLine::apply(const Event& event) {
  if (event.kind != "text.sent") return;
  boost::system::error_code error;
  const auto data = boost::json::parse(event.data, error);
  if (error || !data.is_object()) return;
  const auto field = [&data](const char* key) {
    const auto* value = data.as_object().if_contains(key);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
  };
  kept_.push_back({event.seq, event.actor, field("name"), field("to"), field("text"),
                   signaling::rfc3339(event.at)});
  if (kept_.size() > kKept) kept_.pop_front();
}

bool TextLine::may_read(const signaling::TextTold& text, const std::string& seat, bool manages) {
  if (manages || text.to == kAll) return true;
  return !seat.empty() && (text.from == seat || text.to == seat);
}

std::vector<signaling::TextTold> TextLine::kept_for(const std::string& seat, bool manages) const {
  std::vector<signaling::TextTold> out;
  for (const auto& text : kept_)
    if (may_read(text, seat, manages)) out.push_back(text);
  return out;
}

}  // namespace diemcau::mcu
