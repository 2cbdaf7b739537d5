#pragma once
// The open pages of a meeting and what all of them were told: nothing twice, one text for all, and
// what sites become in one message however many change at once. Lives on the conference's strand.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mcu/conference/conference_service.hpp"
#include "mcu/conference/participant.hpp"
#include "mcu/conference/roster.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

class Pages {
 public:
  using Channel = std::shared_ptr<SignalChannel>;

  struct Visitor {
    std::string seat;   // empty: a viewer that has not joined
    std::string owner;  // signaling::owner_key()
    bool manages = false;
  };

  void open(Channel channel, Visitor visitor);
  void close(const Channel& channel);
  /// Whether some page of this seat is open.
  bool has(const std::string& seat) const;
  /// Those that have a page open, each once; viewers' as well.
  std::vector<std::string> seats() const;
  /// Whether some page of this seat is told what managers are.
  bool manages(const std::string& seat) const;
  /// What this seat may do has changed.
  void set_manages(const std::string& seat, bool manages);
  /// Says goodbye to the pages of one seat.
  void close_seat(const std::string& seat, int websocket_code, const std::string& code,
                  const std::string& detail);
  /// Says goodbye to the pages of who signed in by this.
  void close_owner(const std::string& owner, int websocket_code, const std::string& code,
                   const std::string& detail) const;
  /// Says goodbye to all and forgets them.
  void close_all(int websocket_code, const std::string& code, const std::string& detail);
  bool empty() const noexcept { return pages_.empty(); }

  void tell_all(const signaling::ServerMessage& message) const;
  /// Who may manage the meeting.
  void tell_managers(const signaling::ServerMessage& message) const;
  /// Those whom it concerns.
  void tell_text(const signaling::TextTold& text) const;
  void tell_seat(const std::string& seat, const signaling::ServerMessage& message) const;
  static void tell(const Participant& participant, const signaling::ServerMessage& message);

  /// One `site` or one `sites` with what became another since the last call.
  void tell_changed_sites(Roster& roster);
  // These are told when they differ from what was told before.
  void tell_stage(signaling::StageView stage);
  void tell_second(const std::optional<std::string>& seat);
  void tell_speaking(const std::vector<std::string>& seats);

  const signaling::StageView& stage() const noexcept { return stage_; }
  const std::optional<std::string>& second() const noexcept { return second_; }

 private:
  struct Page {
    Channel channel;
    Visitor who;
  };
  std::vector<Page> pages_;
  signaling::StageView stage_;
  std::optional<std::string> second_;
  std::vector<std::string> speaking_;
};

}  // namespace diemcau::mcu
