#pragma once
// Everything kept in the database, opened and brought up to date: what `serve` and the command line
// have in common. Any thread; blocking.

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/events/event_log.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "base/units/unit_store.hpp"
#include "mcu/checks/check_store.hpp"
#include "mcu/meetings/ballot_box.hpp"
#include "mcu/meetings/links/link_store.hpp"
#include "mcu/meetings/meeting_store.hpp"
#include "signaling/auth/account_store.hpp"
#include "signaling/auth/session_store.hpp"
#include "signaling/auth/token_store.hpp"

namespace diemcau::mcu {

class Stores {
 public:
  /// `database`: empty for sqlite:<data>/diemcau.db. Imports the default units at first start.
  /// `clock` is borrowed. Errors: those of Database.
  static Result<std::unique_ptr<Stores>> open(const std::filesystem::path& data,
                                              const std::string& database, const Clock& clock,
                                              std::size_t connections = 4);
  Stores(const Stores&) = delete;
  Stores& operator=(const Stores&) = delete;

  const Clock& clock;

 private:
  std::unique_ptr<Database> owned_;
  Stores(std::unique_ptr<Database> opened, const Clock& time);

 public:
  Database& database;
  UnitStore units;
  EventLog events;
  signaling::AccountStore accounts;
  signaling::TokenStore tokens;
  signaling::DeviceStore devices;
  signaling::SessionStore sessions;
  MeetingStore meetings;
  BallotBox ballots;
  LinkStore links;
  CheckStore checks;
};

/// <data>/recordings
std::filesystem::path recordings_folder(const std::filesystem::path& data);
/// <data>/documents
std::filesystem::path documents_folder(const std::filesystem::path& data);

/// A token as `diemcau token` mints it: the unit must be in the meeting's catalogue and the meeting
/// not be over. Errors: meeting.not_found, meeting.closed, units.unknown, token.*.
Result<signaling::MintedToken> mint_token(Stores& stores, const MeetingId& meeting,
                                          const UnitCode& unit, signaling::Role role,
                                          std::chrono::seconds ttl);

}  // namespace diemcau::mcu
