#pragma once
// A control room with its log in memory: commands are decided, written and applied as the
// conference does it, and the log can be read again as after a restart.

#include <set>

#include <gtest/gtest.h>

#include "mcu/conference/control/control_room.hpp"

namespace diemcau::mcu {

class RoomFixture : public ::testing::Test {
 protected:
  static Actor chair() { return {"HD/chair", true, true, true}; }
  static Actor secretary() { return {"HD-SNV/secretary", true, false, true}; }
  static Actor site(std::string seat = "HD-10507/site") { return {std::move(seat), true}; }
  static Actor viewer() { return {"HD-SNV/viewer", false}; }

  static RoomPlan plan() {
    RoomPlan plan;
    plan.expected = {"HD/chair", "HD-SNV/site", "HD-288/site", "HD-10507/site", "HD-10510/site"};
    plan.agenda = {{11, 1, "Khai mạc", "", 10, 0},
                   {12, 2, "Báo cáo trung tâm", "HD-SNV", 20, 15},
                   {13, 3, "Tham luận", "HD-10507", 10, 5}};
    plan.seat_of_unit = [](const std::string& unit) { return unit + "/site"; };
    return plan;
  }

  SeatFacts facts() {
    return {[](const std::string& seat) { return seat != "HD-999/site"; },
            [this](const std::string& seat) { return connected.contains(seat); },
            [](const std::string& seat) { return seat != "HD-777/site"; }};
  }
  /// The error's code; empty when it was carried out.
  std::string say(const ControlCommand& command, const Actor& actor) {
    auto events = room.decide(command, actor, facts());
    if (!events) return events.error().code;
    for (auto& event : *events) keep(event.kind, event.actor, event.data);
    return {};
  }
  void keep(std::string kind, std::string actor, std::string data = "{}") {
    Event entry;
    entry.seq = static_cast<std::int64_t>(log.size()) + 1;
    entry.kind = std::move(kind);
    entry.actor = std::move(actor);
    entry.data = std::move(data);
    room.apply(entry, now);
    log.emplace_back(std::move(entry), now);
  }
  /// The same room out of its log alone.
  ControlRoom restarted() const {
    ControlRoom again(plan());
    for (const auto& [entry, at] : log) again.apply(entry, at);
    return again;
  }
  std::vector<std::string> kinds() const {
    std::vector<std::string> out;
    for (const auto& [entry, at] : log) out.push_back(entry.kind);
    return out;
  }

  static signaling::FloorCommand floor(signaling::FloorVerb verb, std::string seat = "",
                                       int seconds = 0) {
    signaling::FloorCommand c;
    c.verb = verb;
    c.seat = std::move(seat);
    c.seconds = seconds;
    return c;
  }
  static signaling::RoomCommand act(signaling::RoomVerb verb, std::string seat = "") {
    signaling::RoomCommand c;
    c.verb = verb;
    c.seat = std::move(seat);
    return c;
  }

  std::set<std::string> connected{"HD/chair", "HD-SNV/site", "HD-288/site", "HD-10507/site"};
  ControlRoom room{plan()};
  std::vector<std::pair<Event, TimePoint>> log;
  TimePoint now{std::chrono::hours(1)};
};

}  // namespace diemcau::mcu
