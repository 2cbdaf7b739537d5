#pragma once
// Who is expected and who is here, seat by seat, in protocol order. Lives on the conference's
// strand. A seat is unit and role; a room's delegates share one.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/units/unit_tree.hpp"
#include "mcu/meetings/meeting_store.hpp"
#include "signaling/auth/identity.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

class Roster {
 public:
  Roster(std::shared_ptr<const UnitTree> units, const Meeting& meeting,
         const std::vector<UnitCode>& expected);

  /// Who comes with which right: a right is role × node, so a chair's or secretary's account counts
  /// as such only where its node is the meeting's chair, above it, or the chair's own office; in
  /// all other meetings it is a site. A token's role was given for this very meeting.
  signaling::Identity in_this_meeting(signaling::Identity who) const;

  /// The seat of this identity: the same each time, but for viewers, who are numbered.
  std::string seat_for(const signaling::Identity& who);
  /// Its row, made when it is not there. Null for a viewer: viewers are not listed.
  signaling::SiteView* row(const std::string& seat, const signaling::Identity& who);
  signaling::SiteView* find(const std::string& seat);
  const signaling::SiteView* find(const std::string& seat) const;

  /// All rows in protocol order.
  std::vector<signaling::SiteView> rows() const;
  std::size_t expected() const noexcept { return expected_; }
  /// A viewer's seat is not listed: what to show for a unit anyway.
  std::string name_of(const UnitCode& unit) const { return units_->display_name(unit); }

 private:
  signaling::SiteView& add(const std::string& seat, const UnitCode& unit, std::string_view role);

  std::shared_ptr<const UnitTree> units_;
  UnitCode chair_;
  std::map<std::pair<int, std::string>, signaling::SiteView> rows_;  // by (order, seat)
  std::unordered_map<std::string, int> order_;                       // of a seat
  std::size_t expected_ = 0;
  std::uint64_t next_viewer_ = 1;
};

}  // namespace diemcau::mcu
