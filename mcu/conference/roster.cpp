#include "mcu/conference/roster.hpp"

#include <limits>

namespace diemcau::mcu {

using signaling::Role;
using signaling::SiteView;

Roster::Roster(std::shared_ptr<const UnitTree> units, const Meeting& meeting,
               const std::vector<UnitCode>& expected)
    : units_(std::move(units)), chair_(meeting.chair), expected_(expected.size()) {
  for (const auto& unit : expected) {
    // The chair's own unit sits as chair: otherwise it would be absent from its own meeting.
    const auto role = unit == meeting.chair ? Role::chair : Role::site;
    add(unit.str() + "/" + std::string(signaling::name_of(role)), unit, signaling::name_of(role));
  }
}

signaling::Identity Roster::in_this_meeting(signaling::Identity who) const {
  if (who.meeting || (who.role != Role::chair && who.role != Role::secretary)) return who;
  const Unit* unit = units_->find(who.unit);
  const bool office =
      unit != nullptr && unit->level == UnitLevel::department && unit->parent == chair_;
  // An account without a unit is the province's.
  if (!who.unit.empty() && !office && !units_->is_within(chair_, who.unit)) who.role = Role::site;
  return who;
}

std::string Roster::seat_for(const signaling::Identity& who) {
  if (who.role == Role::viewer) return who.unit.str() + "/viewer." + std::to_string(next_viewer_++);
  return who.unit.str() + "/" + std::string(signaling::name_of(who.role));
}

SiteView& Roster::add(const std::string& seat, const UnitCode& unit, std::string_view role) {
  SiteView row;
  row.seat = seat;
  row.unit = unit.str();
  row.role = role;
  row.name = units_->display_name(unit);
  row.order = std::numeric_limits<int>::max();
  if (const Unit* known = units_->find(unit)) {
    row.level = diemcau::name_of(known->level);
    row.order = known->sort_order;
    row.parent = known->parent.str();
    if (!known->parent.empty()) row.parent_name = units_->display_name(known->parent);
  }
  order_[seat] = row.order;
  return rows_.insert_or_assign(std::pair(row.order, seat), std::move(row)).first->second;
}

SiteView* Roster::find(const std::string& seat) {
  const auto order = order_.find(seat);
  if (order == order_.end()) return nullptr;
  const auto row = rows_.find(std::pair(order->second, seat));
  return row == rows_.end() ? nullptr : &row->second;
}

const SiteView* Roster::find(const std::string& seat) const {
  return const_cast<Roster*>(this)->find(seat);
}

SiteView* Roster::row(const std::string& seat, const signaling::Identity& who) {
  if (who.role == Role::viewer) return nullptr;
  if (SiteView* known = find(seat)) return known;
  return &add(seat, who.unit, signaling::name_of(who.role));
}

std::vector<SiteView> Roster::rows() const {
  std::vector<SiteView> out;
  out.reserve(rows_.size());
  for (const auto& [key, row] : rows_) out.push_back(row);
  return out;
}

}  // namespace diemcau::mcu
