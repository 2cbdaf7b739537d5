#include "mcu/meetings/meeting_checks.hpp"

#include <string>

#include "base/units/text_folding.hpp"

namespace diemcau::mcu {
namespace {

constexpr std::size_t kMaxTitle = 300;
constexpr std::size_t kMaxKind = 100;
constexpr std::size_t kMaxSelector = 16 * 1024;
constexpr std::size_t kMaxItems = 200;
// An event of the log holds the whole agenda; it takes 64 KiB.
constexpr std::size_t kMaxAgendaText = 32 * 1024;
constexpr int kMaxMinutes = 24 * 60;
constexpr auto kLongestMeeting = std::chrono::hours(24 * 14);

Error bad(std::string_view code, std::string_view detail) {
  return make_error(Errc::invalid_argument, code, detail);
}

bool are_minutes(int value) {
  return value >= 0 && value <= kMaxMinutes;
}

Result<void> known(const UnitTree& tree, const UnitCode& code) {
  if (code.empty() || tree.find(code) != nullptr) return {};
  return bad("units.unknown",
             "no unit " + code.value.substr(0, 40) + " in catalogue " + tree.catalogue());
}

}  // namespace

Result<void> check_title(const std::string& title) {
  if (title.empty() || !is_plain_title(title, kMaxTitle))
    return bad("meeting.bad_title",
               "a title is one line of 1 to 300 characters (NFC), none of them hidden");
  return {};
}

Result<void> check_fields(const Meeting& meeting) {
  if (!is_plain_title(meeting.kind, kMaxKind))
    return bad("meeting.bad_kind", "a kind is one line of at most 100 characters, none hidden");
  if (!is_plain_title(meeting.place, kMaxTitle))
    return bad("meeting.bad_place", "a place is one line of at most 300 characters, none hidden");
  if (!are_minutes(meeting.speaking_minutes))
    return bad("meeting.bad_speaking_time", "a speaking time is 0 to 1440 minutes");
  if (meeting.ends_at && (!meeting.starts_at || *meeting.ends_at <= *meeting.starts_at ||
                          *meeting.ends_at - *meeting.starts_at > kLongestMeeting))
    return bad("meeting.bad_end", "a meeting ends after it begins, within 14 days");
  if (meeting.expect.size() > kMaxSelector)
    return bad("units.bad_selector", "the list of units is too long");
  return {};
}

Result<void> check_people(const Meeting& meeting, const UnitTree& tree) {
  if (auto fine = known(tree, meeting.chair); !fine) return fine;
  return known(tree, meeting.secretary);
}

Result<void> check_agenda(const std::vector<AgendaItem>& agenda, const UnitTree& tree) {
  if (agenda.size() > kMaxItems)
    return bad("meeting.bad_agenda", "an agenda has at most 200 items");
  std::size_t text = 0;
  for (std::size_t i = 0; i < agenda.size(); ++i) {
    const AgendaItem& item = agenda[i];
    const std::string which = "agenda item " + std::to_string(i + 1);
    if (item.title.empty() || !is_plain_title(item.title, kMaxTitle))
      return bad("meeting.bad_agenda",
                 which + ": a title is one line of 1 to 300 characters (NFC), none of them hidden");
    if (!are_minutes(item.minutes) || !are_minutes(item.speaking_minutes))
      return bad("meeting.bad_agenda", which + ": times are 0 to 1440 minutes");
    if (auto fine = known(tree, item.speaker); !fine) {
      return bad(fine.error().code, which + ": " + fine.error().detail);
    }
    text += item.title.size();
  }
  if (text > kMaxAgendaText)
    return bad("meeting.bad_agenda", "the titles of an agenda take at most 32 KiB together");
  return {};
}

Result<void> check_ready_for(MeetingState state, const Meeting& meeting) {
  if (state != MeetingState::invited || meeting.starts_at) return {};
  return make_error(Errc::conflict, "meeting.no_start",
                    "a letter of invitation states when the meeting begins");
}

}  // namespace diemcau::mcu
