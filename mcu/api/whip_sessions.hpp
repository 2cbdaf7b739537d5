#pragma once
// The session URLs handed out by WHIP and WHEP: unguessable, owned by who made them. Any thread.

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/ids.hpp"

namespace diemcau::mcu {

struct WhipSession {
  MeetingId meeting;
  ParticipantId participant;
  std::string owner;  // signaling::owner_key() of who made it
  std::string etag;   // of the ICE session, with its quotes (RFC 9725 §4.3)
  bool whep = false;
};

class WhipSessions {
 public:
  /// Beyond that the oldest URL is forgotten: its media ends by itself when its peer is gone.
  explicit WhipSessions(std::size_t limit = 10'000) : limit_(limit) {}

  /// The id of a new session, 128 random bits.
  std::string add(WhipSession session);
  std::optional<WhipSession> find(const std::string& id) const;
  /// A new tag after an ICE restart; empty when the session is gone.
  std::string renew_etag(const std::string& id);
  void remove(const std::string& id);
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::size_t limit_;
  std::unordered_map<std::string, WhipSession> sessions_;
  std::deque<std::string> order_;
};

}  // namespace diemcau::mcu
