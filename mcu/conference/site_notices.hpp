#pragma once
// What is wrong with what each site sends, as its page and the managers are told. Pure; lives on
// the conference's strand.

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "media/mix/media_notice.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

std::string name_of(media::NoticeKind kind);

class SiteNotices {
 public:
  /// A silent microphone is nobody's trouble while its hall only listens: it counts from so long
  /// after the floor was given.
  static constexpr Duration kTimeToSpeak = std::chrono::seconds(8);

  /// What media say of a microphone; follow() tells what becomes of it.
  void hear_silence(const std::string& seat, bool silent);
  /// `open`: who has the floor with its microphone on. Returns what is to be told.
  std::vector<std::pair<signaling::NoticeView, bool>> follow(const std::optional<std::string>& open,
                                                             TimePoint now);

  /// False when that was known.
  bool set(const std::string& seat, media::NoticeKind kind, bool active);
  /// The site left: what it was told is over.
  std::vector<media::NoticeKind> forget(const std::string& seat);
  /// Those in effect: of one seat, or all.
  std::vector<signaling::NoticeView> of(const std::optional<std::string>& seat) const;

 private:
  std::set<std::pair<std::string, media::NoticeKind>> active_;
  std::set<std::string> silent_;
  std::optional<std::string> open_;
  TimePoint open_since_{};
};

}  // namespace diemcau::mcu
