#pragma once
// Internal to mcu/meetings: the tables, row by row. Everything here runs on a leased connection and
// throws what SOCI throws.

#include <optional>
#include <string>
#include <vector>

#include "base/storage/migration.hpp"
#include "mcu/meetings/meeting.hpp"

namespace soci {
class session;
}

namespace diemcau::mcu::rows {

const Schema& schema();

/// `rest`: what follows the table's name; `values` are bound in the order they stand in it.
std::vector<Meeting> select(soci::session& session, const std::string& rest,
                            const std::vector<std::string>& values);
std::optional<Meeting> find(soci::session& session, const MeetingId& id);
void insert(soci::session& session, const Meeting& meeting);
/// All but id and created_at.
void update(soci::session& session, const Meeting& meeting);
/// Holds the row until the transaction ends; false when there is none.
bool claim(soci::session& session, const MeetingId& id);

std::vector<UnitCode> expected(soci::session& session, const MeetingId& id);
void set_expected(soci::session& session, const MeetingId& id, const std::vector<UnitCode>& units);

std::vector<AgendaItem> agenda(soci::session& session, const MeetingId& id);
/// Gives ids to items that have none, or one this meeting does not know.
void set_agenda(soci::session& session, const MeetingId& id, std::vector<AgendaItem>& agenda);

}  // namespace diemcau::mcu::rows
