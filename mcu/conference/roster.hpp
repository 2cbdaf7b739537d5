#pragma once
// Who is expected and who is here, seat by seat, in protocol order. Lives on the conference's
// strand. A seat is unit and role; a room's delegates share one.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
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
  /// Makes its row if it is not there. False for a viewer: viewers are not listed.
  bool list(const std::string& seat, const signaling::Identity& who);
  const signaling::SiteView* find(const std::string& seat) const;
  /// False when there is no such row or `change` left it as it was.
  bool change(const std::string& seat, const std::function<void(signaling::SiteView&)>& change);

  /// All rows in protocol order.
  std::vector<signaling::SiteView> rows() const;
  /// The same as a JSON array. Rows are kept as text: a crowd that arrives at once reads the whole
  /// list a crowd of times.
  std::string json() const;
  /// What became another since the last call, in protocol order.
  std::vector<signaling::SiteView> take_changed();
  /// In reading order.
  const std::vector<std::string>& expected_seats() const noexcept { return expected_seats_; }
  /// The seat in which this unit is expected, else the one in which it came; empty: neither.
  std::string seat_of(const UnitCode& unit) const;
  std::size_t expected() const noexcept { return expected_; }
  /// A viewer's seat is not listed: what to show for a unit anyway.
  std::string name_of(const UnitCode& unit) const { return units_->display_name(unit); }

 private:
  using Place = std::pair<int, std::string>;  // (order, seat)
  struct Row {
    signaling::SiteView view;
    mutable std::string json;  // empty: to be written anew
  };
  Row& add(const std::string& seat, const UnitCode& unit, std::string_view role, bool expected);

  std::shared_ptr<const UnitTree> units_;
  UnitCode chair_;
  std::map<Place, Row> rows_;
  std::unordered_map<std::string, int> order_;  // of a seat
  std::set<Place> changed_;
  std::vector<std::string> expected_seats_;
  std::size_t expected_ = 0;
  std::uint64_t next_viewer_ = 1;
};

}  // namespace diemcau::mcu
