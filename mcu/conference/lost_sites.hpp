#pragma once
// Sites whose connection broke: their dimmed tiles stay for a while. Lives on the conference's
// strand.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "mcu/conference/layout_policy.hpp"

namespace diemcau::mcu {

class LostSites {
 public:
  void keep(StageSite site, TimePoint until) {
    site.lost = true;
    const auto seat = site.seat;
    sites_[seat] = {std::move(site), until};
  }
  /// It is back or gone for good: what its tile showed, if it was kept.
  std::optional<StageSite> take(const std::string& seat) {
    const auto found = sites_.find(seat);
    if (found == sites_.end()) return std::nullopt;
    auto site = std::move(found->second.site);
    sites_.erase(found);
    return site;
  }
  bool holds(const std::string& seat) const { return sites_.contains(seat); }
  /// Those whose time is over.
  std::vector<StageSite> take_expired(TimePoint now) {
    std::vector<StageSite> out;
    std::erase_if(sites_, [&](auto& entry) {
      if (now < entry.second.until) return false;
      out.push_back(std::move(entry.second.site));
      return true;
    });
    return out;
  }
  void add_to(std::vector<StageSite>& sites) const {
    for (const auto& [seat, kept] : sites_) sites.push_back(kept.site);
  }

 private:
  struct Kept {
    StageSite site;
    TimePoint until{};
  };
  std::map<std::string, Kept> sites_;  // by seat
};

}  // namespace diemcau::mcu
