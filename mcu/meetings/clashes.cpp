#include "mcu/meetings/clashes.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "mcu/meetings/meeting_kinds.hpp"
#include "mcu/meetings/meeting_times.hpp"

namespace diemcau::mcu {
namespace {

using Kind = Clash::Kind;

constexpr std::array<std::string_view, 9> kNames{"chair",    "secretary",   "sites",
                                                 "capacity", "past",        "short_notice",
                                                 "too_long", "agenda_over", "speaker"};

/// Everybody a meeting binds: those expected, its chair and its secretary.
std::set<UnitCode> bound_by(const Booking& booking) {
  std::set<UnitCode> out(booking.expected.begin(), booking.expected.end());
  out.insert(booking.meeting.chair);
  if (!booking.meeting.secretary.empty()) out.insert(booking.meeting.secretary);
  return out;
}

void add_double_bookings(const Booking& plan, const Booking& other, std::vector<Clash>& out) {
  if (other.meeting.catalogue != plan.meeting.catalogue) return;
  const auto busy = bound_by(other);
  const Meeting& meeting = plan.meeting;
  const bool chair = busy.contains(meeting.chair);
  const bool secretary = !meeting.secretary.empty() && meeting.secretary != meeting.chair &&
                         busy.contains(meeting.secretary);
  if (chair) out.push_back({Kind::chair, other.meeting.id, {meeting.chair}, 1});
  if (secretary) out.push_back({Kind::secretary, other.meeting.id, {meeting.secretary}, 1});
  Clash sites{Kind::sites, other.meeting.id, {}};
  for (const UnitCode& unit : plan.expected) {
    if (unit != meeting.chair && unit != meeting.secretary && busy.contains(unit))
      sites.units.push_back(unit);
  }
  sites.count = sites.units.size();
  if (sites.count > 0) out.push_back(std::move(sites));
}

std::size_t minutes_of(Duration length) {
  return static_cast<std::size_t>(std::chrono::floor<std::chrono::minutes>(length).count());
}

void add_time_notices(const Meeting& meeting, const ClashRules& rules, WallTime now,
                      std::vector<Clash>& out) {
  if (!meeting.starts_at) return;
  const bool planned =
      meeting.state == MeetingState::draft || meeting.state == MeetingState::invited;
  if (planned && *meeting.starts_at < now) {
    out.push_back({Kind::past, {}, {}});
  } else if (planned) {
    const int days = working_days(vietnam_date(meeting.invited_at.value_or(now)),
                                  vietnam_date(*meeting.starts_at), rules.holidays);
    if (days < rules.invitation_days)
      out.push_back({Kind::short_notice,
                     {},
                     {},
                     static_cast<std::size_t>(days),
                     static_cast<std::size_t>(rules.invitation_days)});
  }
  const MeetingKind* kind = find_meeting_kind(meeting.kind);
  if (kind == nullptr || !meeting.ends_at) return;
  const auto length = minutes_of(*meeting.ends_at - *meeting.starts_at);
  const auto longest = static_cast<std::size_t>(kind->longest_minutes);
  // A kind that takes more than one day is counted in working days, not round the clock.
  const bool same_day = vietnam_date(*meeting.ends_at) == vietnam_date(*meeting.starts_at);
  if (length > longest && (same_day || longest <= 480))
    out.push_back({Kind::too_long, {}, {}, length, longest});
}

void add_agenda_notices(const Booking& plan, std::span<const AgendaItem> agenda,
                        std::vector<Clash>& out) {
  const Meeting& meeting = plan.meeting;
  std::size_t minutes = 0;
  Clash speakers{Kind::speaker, {}, {}};
  const auto coming = bound_by(plan);
  for (const AgendaItem& item : agenda) {
    minutes += static_cast<std::size_t>(item.minutes);
    if (!item.speaker.empty() && !coming.contains(item.speaker) &&
        std::ranges::find(speakers.units, item.speaker) == speakers.units.end())
      speakers.units.push_back(item.speaker);
  }
  if (meeting.starts_at && meeting.ends_at) {
    const auto length = minutes_of(*meeting.ends_at - *meeting.starts_at);
    if (minutes > length) out.push_back({Kind::agenda_over, {}, {}, minutes, length});
  }
  speakers.count = speakers.units.size();
  if (speakers.count > 0) out.push_back(std::move(speakers));
}

}  // namespace

std::string_view name_of(Clash::Kind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Clash> find_clashes(const Booking& plan, std::span<const AgendaItem> agenda,
                                std::span<const Booking> others, const ClashRules& rules,
                                WallTime now) {
  std::vector<Clash> out;
  for (const Booking& other : others) add_double_bookings(plan, other, out);
  const bool chair_counts =
      std::ranges::find(plan.expected, plan.meeting.chair) == plan.expected.end();
  const std::size_t sites = plan.expected.size() + (chair_counts ? 1 : 0);
  if (sites > rules.max_sites) out.push_back({Kind::capacity, {}, {}, sites, rules.max_sites});
  add_time_notices(plan.meeting, rules, now, out);
  add_agenda_notices(plan, agenda, out);
  std::ranges::stable_sort(out, {}, &Clash::kind);
  return out;
}

}  // namespace diemcau::mcu
