#include "mcu/conference/roster.hpp"

#include <limits>

#include "mcu/meetings/standing.hpp"

namespace diemcau::mcu {

using signaling::Role;
using signaling::SiteView;

Roster::Roster(std::shared_ptr<const UnitTree> units, const Meeting& meeting,
               const std::vector<UnitCode>& expected)
    : units_(std::move(units)), chair_(meeting.chair), expected_(expected.size()) {
  for (const auto& unit : expected) {
    // The chair's own unit sits as chair: otherwise it would be absent from its own meeting.
    const auto role = unit == meeting.chair ? Role::chair : Role::site;
    expected_seats_.push_back(unit.str() + "/" + std::string(signaling::name_of(role)));
    add(expected_seats_.back(), unit, signaling::name_of(role), true);
  }
  changed_.clear();  // nobody was told otherwise
}

signaling::Identity Roster::in_this_meeting(signaling::Identity who) const {
  return in_meeting_of(*units_, chair_, std::move(who));
}

std::string Roster::seat_for(const signaling::Identity& who) {
  if (who.role == Role::viewer) return who.unit.str() + "/viewer." + std::to_string(next_viewer_++);
  return who.unit.str() + "/" + std::string(signaling::name_of(who.role));
}

Roster::Row& Roster::add(const std::string& seat, const UnitCode& unit, std::string_view role,
                         bool expected) {
  SiteView row;
  row.seat = seat;
  row.unit = unit.str();
  row.role = role;
  row.name = units_->display_name(unit);
  row.order = std::numeric_limits<int>::max();
  row.expected = expected;
  if (const Unit* known = units_->find(unit)) {
    row.level = diemcau::name_of(known->level);
    row.order = known->sort_order;
    row.parent = known->parent.str();
    if (!known->parent.empty()) row.parent_name = units_->display_name(known->parent);
  }
  order_[seat] = row.order;
  const Place place(row.order, seat);
  changed_.insert(place);
  return rows_.insert_or_assign(place, Row{std::move(row), {}}).first->second;
}

const SiteView* Roster::find(const std::string& seat) const {
  const auto order = order_.find(seat);
  if (order == order_.end()) return nullptr;
  const auto row = rows_.find(Place(order->second, seat));
  return row == rows_.end() ? nullptr : &row->second.view;
}

bool Roster::change(const std::string& seat, const std::function<void(SiteView&)>& change) {
  const auto order = order_.find(seat);
  if (order == order_.end()) return false;
  const auto found = rows_.find(Place(order->second, seat));
  auto& row = found->second;
  const auto before = row.view;
  change(row.view);
  if (row.view == before) return false;
  row.json.clear();
  changed_.insert(found->first);
  return true;
}

bool Roster::list(const std::string& seat, const signaling::Identity& who) {
  if (who.role == Role::viewer) return false;
  if (find(seat) == nullptr) add(seat, who.unit, signaling::name_of(who.role), false);
  return true;
}

std::string Roster::seat_of(const UnitCode& unit) const {
  std::string came;
  for (const auto& [place, row] : rows_) {
    if (row.view.unit != unit.str()) continue;
    if (row.view.expected) return row.view.seat;
    came = row.view.seat;
  }
  return came;
}

std::vector<SiteView> Roster::rows() const {
  std::vector<SiteView> out;
  out.reserve(rows_.size());
  for (const auto& [place, row] : rows_) out.push_back(row.view);
  return out;
}

std::string Roster::json() const {
  std::string out = "[";
  for (const auto& [place, row] : rows_) {
    if (row.json.empty()) row.json = signaling::to_json(row.view);
    if (out.size() > 1) out += ',';
    out += row.json;
  }
  out += ']';
  return out;
}

std::vector<SiteView> Roster::take_changed() {
  std::vector<SiteView> out;
  for (const auto& place : changed_) out.push_back(rows_.at(place).view);
  changed_.clear();
  return out;
}

}  // namespace diemcau::mcu
