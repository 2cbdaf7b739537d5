#pragma once
// A unit's own way into one meeting: a link of 256 random bits and a PIN of six digits. Both are
// kept as hashes only and shown once, when they are made; whoever has lost one gets a new one. What
// they open is the unit's seat as a site in that meeting and nothing else. Every making, renewing
// and revoking is an event of the meeting's log, without a secret in it. Any thread; blocking.

#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "mcu/meetings/links/pin_throttle.hpp"
#include "mcu/meetings/meeting.hpp"
#include "signaling/auth/token_store.hpp"

namespace diemcau::mcu {

struct SeatLink {
  MeetingId meeting;
  UnitCode unit;
  std::string name;  // shown: the unit's, in the meeting's catalogue
  WallTime made_at{};
  std::optional<WallTime> opened_at;  // last time with the right PIN
  int wrong_pins = 0;                 // since the PIN was made
};

struct LinkedUnit {
  UnitCode unit;
  std::string name;
};

struct MadeLink {
  std::string secret, pin;  // never logged
  SeatLink link;
  std::string ended;  // id of the token by which visitors came before; empty: nobody had come
};

/// Whether a link of that meeting opens anything now: until the meeting is closed, and where it was
/// never opened until a day after its planned end. Pure.
bool links_are_good(const Meeting& meeting, WallTime now);

class LinkStore {
 public:
  /// At most so many are made in one call: each takes about 20 ms.
  static constexpr std::size_t kMostAtOnce = 25;

  /// Borrowed: all outlive it. Needs EventLog::schema() and AccountStore::schema() as well.
  LinkStore(Database& database, signaling::TokenStore& tokens, const Clock& clock,
            PinThrottle::Limits limits = {})
      : database_(database), tokens_(tokens), clock_(clock), throttle_(limits) {}
  static const Schema& schema();

  /// A new link and PIN for each; what these units had before opens nothing any more, and who came
  /// in by it is signed out. Errors: link.too_many (invalid_argument).
  Result<std::vector<MadeLink>> make(const MeetingId& meeting, std::span<const LinkedUnit> units,
                                     const std::string& actor);
  /// The link stays. `secret` is empty in what is returned. Errors: link.unknown (not_found).
  Result<MadeLink> renew_pin(const MeetingId& meeting, const UnitCode& unit,
                             const std::string& actor);
  /// The id of the token by which visitors came; empty: nobody had come. Errors: link.unknown
  /// (not_found).
  Result<std::string> revoke(const MeetingId& meeting, const UnitCode& unit,
                             const std::string& actor);
  /// The meeting is over: no link of it opens anything any more, nobody stays signed in by one.
  Result<void> end(const MeetingId& meeting);

  /// By unit.
  Result<std::vector<SeatLink>> list(const MeetingId& meeting) const;
  /// Errors: link.unknown (not_found): malformed, replaced or revoked, all alike.
  Result<SeatLink> find(std::string_view secret) const;

  struct Opened {
    std::optional<signaling::Token> token;  // all who came in by this link have it; none: wait
    std::chrono::seconds wait{0};
  };
  /// `address`: who tries. `ttl` of the token. Errors: link.unknown (not_found), link.wrong_pin
  /// (unauthorized), auth.too_many_attempts (busy: the machine checks too many at once),
  /// link.changed (busy: made anew meanwhile), token.not_found (its token was revoked by hand).
  Result<Opened> open(std::string_view secret, std::string_view pin, const std::string& address,
                      std::chrono::seconds ttl);

  struct Row;

 private:
  Result<signaling::Token> token_of(const Row& row, std::string_view secret,
                                    std::chrono::seconds ttl);

  Database& database_;
  signaling::TokenStore& tokens_;
  const Clock& clock_;
  PinThrottle throttle_;
  std::atomic<int> checking_{0};
};

}  // namespace diemcau::mcu
