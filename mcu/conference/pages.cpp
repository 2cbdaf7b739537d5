#include "mcu/conference/pages.hpp"

#include <algorithm>

#include "mcu/conference/text_line.hpp"

namespace diemcau::mcu {

using signaling::ServerMessage;

namespace {
std::shared_ptr<const std::string> text_of(const ServerMessage& message) {
  return std::make_shared<const std::string>(signaling::to_json(message));
}
}  // namespace

void Pages::open(Channel channel, Visitor visitor) {
  pages_.push_back({std::move(channel), std::move(visitor)});
}

bool Pages::has(const std::string& seat) const {
  return std::ranges::any_of(pages_, [&](const Page& page) { return page.who.seat == seat; });
}

std::vector<std::string> Pages::seats() const {
  std::vector<std::string> out;
  for (const auto& page : pages_)
    if (!page.who.seat.empty()) out.push_back(page.who.seat);
  std::ranges::sort(out);
  const auto again = std::ranges::unique(out);
  out.erase(again.begin(), again.end());
  return out;
}

bool Pages::manages(const std::string& seat) const {
  return std::ranges::any_of(
      pages_, [&](const Page& page) { return page.who.manages && page.who.seat == seat; });
}

void Pages::set_manages(const std::string& seat, bool manages) {
  for (auto& page : pages_)
    if (page.who.seat == seat) page.who.manages = manages;
}

void Pages::close_seat(const std::string& seat, int websocket_code, const std::string& code,
                       const std::string& detail) {
  for (const auto& page : pages_)
    if (page.who.seat == seat) page.channel->close(websocket_code, code, detail);
}

void Pages::close_owner(const std::string& owner, int websocket_code, const std::string& code,
                        const std::string& detail) const {
  for (const auto& page : pages_)
    if (page.who.owner == owner) page.channel->close(websocket_code, code, detail);
}

void Pages::tell_seat(const std::string& seat, const ServerMessage& message) const {
  std::shared_ptr<const std::string> text;
  for (const auto& page : pages_) {
    if (page.who.seat != seat) continue;
    if (!text) text = text_of(message);
    page.channel->send(text);
  }
}

void Pages::close(const Channel& channel) {
  std::erase_if(pages_, [&](const Page& page) { return page.channel == channel; });
}

void Pages::close_all(int websocket_code, const std::string& code, const std::string& detail) {
  for (const auto& page : pages_) page.channel->close(websocket_code, code, detail);
  pages_.clear();
}

void Pages::tell_all(const ServerMessage& message) const {
  if (pages_.empty()) return;
  const auto text = text_of(message);
  for (const auto& page : pages_) page.channel->send(text);
}

void Pages::tell_managers(const ServerMessage& message) const {
  std::shared_ptr<const std::string> text;
  for (const auto& page : pages_) {
    if (!page.who.manages) continue;
    if (!text) text = text_of(message);
    page.channel->send(text);
  }
}

void Pages::tell_text(const signaling::TextTold& told) const {
  const auto text = text_of(told);
  for (const auto& page : pages_)
    if (TextLine::may_read(told, page.who.seat, page.who.manages)) page.channel->send(text);
}

void Pages::tell(const Participant& participant, const ServerMessage& message) {
  if (participant.channel) participant.channel->send(text_of(message));
}

void Pages::tell_changed_sites(Roster& roster) {
  auto changed = roster.take_changed();
  if (changed.empty()) return;
  if (changed.size() == 1)
    tell_all(signaling::SiteChanged{std::move(changed.front())});
  else
    tell_all(signaling::SitesChanged{std::move(changed)});
}

void Pages::tell_stage(signaling::StageView stage) {
  if (stage == stage_) return;
  stage_ = std::move(stage);
  tell_all(signaling::StageChanged{stage_});
}

void Pages::tell_second(const std::optional<std::string>& seat) {
  if (seat == second_) return;
  second_ = seat;
  tell_all(signaling::SecondChanged{seat});
}

void Pages::tell_speaking(const std::vector<std::string>& seats) {
  if (seats == speaking_) return;
  speaking_ = seats;
  tell_all(signaling::Speaking{seats});
}

}  // namespace diemcau::mcu
