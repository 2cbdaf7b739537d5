#pragma once
// A meeting of a small province and participants without a connection, for the rules that work on
// them.

#include <gtest/gtest.h>

#include "mcu/conference/participant.hpp"
#include "mcu/conference/roster.hpp"
#include "mcu/conference/views.hpp"

namespace diemcau::mcu {

class MeetingFixture : public ::testing::Test {
 protected:
  /// Connected, with all three slots both ways.
  Participant& join(const std::string& unit, const std::string& role = "site",
                    media::Codec codec = media::Codec::h264) {
    auto participant = std::make_shared<Participant>();
    participant->id = {++last_id};
    participant->who.unit = UnitCode(unit);
    participant->who.role = *signaling::role_from(role);
    participant->seat = roster.seat_for(participant->who);
    participant->connected = true;
    participant->media.camera = true;
    for (const auto slot : {media::Slot::audio, media::Slot::main, media::Slot::second}) {
      media::SlotParameters parameters;
      parameters.slot = slot;
      parameters.receive = parameters.send = true;
      parameters.codec.codec = slot == media::Slot::audio ? media::Codec::opus : codec;
      participant->negotiated.parameters.slots.push_back(parameters);
    }
    roster.list(participant->seat, participant->who);
    roster.change(participant->seat, [](auto& row) { row.state = "connected"; });
    all[participant->id] = participant;
    return *participant;
  }
  void leave(ParticipantId id) { all.erase(id); }

  static Roster small_province() {
    std::vector<Unit> units;
    const auto add = [&](const char* code, const char* parent, UnitLevel level, const char* kind,
                         const char* name) {
      Unit unit;
      unit.code = UnitCode(code);
      unit.parent = UnitCode(parent);
      unit.level = level;
      unit.kind = kind;
      unit.name = name;
      unit.sort_order = static_cast<int>(units.size()) + 1;
      units.push_back(unit);
    };
    add("HD", "", UnitLevel::province, "tỉnh", "UBND tỉnh Hải Dương");
    add("HD-SNV", "HD", UnitLevel::department, "sở", "Sở Nội vụ");
    add("HD-288", "HD", UnitLevel::district, "thành phố", "Thành phố Hải Dương");
    add("HD-10507", "HD-288", UnitLevel::commune, "phường", "Phường Cẩm Thượng");
    add("HD-10510", "HD-288", UnitLevel::commune, "phường", "Phường Bình Hàn");
    add("HD-10513", "HD-288", UnitLevel::commune, "phường", "Phường Ngọc Châu");
    std::vector<UnitCode> expected;
    for (const auto& unit : units) expected.push_back(unit.code);
    auto tree = UnitTree::build("test", CivilDate{}, std::nullopt, std::move(units));
    Meeting meeting;
    meeting.id = MeetingId("m");
    meeting.chair = UnitCode("HD");
    return Roster(*tree, meeting, expected);
  }

  Roster roster = small_province();
  Participants all;
  std::uint64_t last_id = 0;
};

}  // namespace diemcau::mcu
