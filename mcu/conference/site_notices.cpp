#include "mcu/conference/site_notices.hpp"

namespace diemcau::mcu {

using media::NoticeKind;

std::string name_of(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::microphone_silent:
      return "microphone.silent";
    case NoticeKind::microphone_clipping:
      return "microphone.clipping";
    case NoticeKind::echo:
      return "echo";
    case NoticeKind::camera_black:
      return "camera.black";
    case NoticeKind::camera_frozen:
      return "camera.frozen";
  }
  return "echo";
}

bool SiteNotices::set(const std::string& seat, NoticeKind kind, bool active) {
  if (active) return active_.emplace(seat, kind).second;
  return active_.erase({seat, kind}) > 0;
}

void SiteNotices::hear_silence(const std::string& seat, bool silent) {
  if (silent)
    silent_.insert(seat);
  else
    silent_.erase(seat);
}

std::vector<std::pair<signaling::NoticeView, bool>> SiteNotices::follow(
    const std::optional<std::string>& open, TimePoint now) {
  if (open != open_) {
    open_ = open;
    open_since_ = now;
  }
  constexpr auto kKind = NoticeKind::microphone_silent;
  std::vector<std::pair<signaling::NoticeView, bool>> told;
  std::vector<std::string> over;
  for (const auto& [seat, kind] : active_)
    if (kind == kKind && (seat != open_ || !silent_.contains(seat))) over.push_back(seat);
  for (const auto& seat : over) {
    active_.erase({seat, kKind});
    told.push_back({{seat, name_of(kKind)}, false});
  }
  if (open_ && silent_.contains(*open_) && now - open_since_ >= kTimeToSpeak &&
      active_.emplace(*open_, kKind).second)
    told.push_back({{*open_, name_of(kKind)}, true});
  return told;
}

std::vector<NoticeKind> SiteNotices::forget(const std::string& seat) {
  silent_.erase(seat);
  std::vector<NoticeKind> over;
  for (const auto& [whose, kind] : active_)
    if (whose == seat) over.push_back(kind);
  for (const auto kind : over) active_.erase({seat, kind});
  return over;
}

std::vector<signaling::NoticeView> SiteNotices::of(const std::optional<std::string>& seat) const {
  std::vector<signaling::NoticeView> views;
  for (const auto& [whose, kind] : active_)
    if (!seat || whose == *seat) views.push_back({whose, name_of(kind)});
  return views;
}

}  // namespace diemcau::mcu
