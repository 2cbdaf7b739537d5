#pragma once
// What stands against a plan while it is drafted. Nothing here is a refusal: who plans decides.
// Pure.

#include <span>
#include <string_view>
#include <vector>

#include "base/units/civil_date.hpp"
#include "mcu/meetings/meeting.hpp"

namespace diemcau::mcu {

struct ClashRules {
  std::size_t max_sites = 300;  // of one meeting
  int invitation_days = 3;      // working days before the meeting (QĐ 45/2018/QĐ-TTg, Art. 10)
  std::vector<CivilDate> holidays{};  // days off that are not the same each year
};

struct Clash {
  enum class Kind {
    chair,         // the chair is bound by another meeting at that time
    secretary,     // the secretary is
    sites,         // expected sites are
    capacity,      // more sites than one meeting holds: count of limit
    past,          // it would begin before now
    short_notice,  // fewer working days than the invitation needs: count of limit
    too_long,      // longer than its kind may be (QĐ 45/2018): count of limit, minutes
    agenda_over,   // the items take longer than the meeting: count of limit, minutes
    speaker,       // who is to speak is not expected
  };
  Kind kind = Kind::chair;
  /// The other meeting, for chair, secretary and sites.
  MeetingId meeting{};
  std::vector<UnitCode> units{};  // who, for all but capacity, past, short_notice and the lengths
  std::size_t count = 0, limit = 0;

  /// A clash proper; else a notice.
  bool is_serious() const { return kind <= Kind::capacity; }
  bool operator==(const Clash&) const = default;
};
std::string_view name_of(Clash::Kind kind);

/// `others`: the meetings at that time (MeetingStore::bookings). Units are the same when catalogue
/// and code are. The most serious first.
std::vector<Clash> find_clashes(const Booking& plan, std::span<const AgendaItem> agenda,
                                std::span<const Booking> others, const ClashRules& rules,
                                WallTime now);

}  // namespace diemcau::mcu
