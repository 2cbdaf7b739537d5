#pragma once
// Votes: opened, cast, closed, announced, one at a time. A fold of the log's `vote.*`. Of a secret
// vote the log holds who voted and what all chose together; what one chose is in no entry: ballots
// lie in the BallotBox as sums. Lives on the conference's strand.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mcu/conference/control/room_types.hpp"
#include "signaling/control_messages.hpp"

namespace diemcau::mcu {

class Votes {
 public:
  enum class State { open, closed, announced };
  struct Vote {
    int number = 0;  // from 1 in this meeting
    std::string question;
    bool secret = false, by_delegate = false;
    int quorum = 0;
    State state = State::open;
    std::set<std::string> voted;
    std::map<std::string, signaling::VoteView::Named> ballots;  // of a named vote
    std::optional<signaling::Ballot> result;
  };

  /// One vote, or its delegates', per expected seat.
  explicit Votes(std::vector<std::string> eligible = {})
      : eligible_(eligible.begin(), eligible.end()) {}

  /// A secret `cast` leads to `vote.voted`, which the caller must write together with the ballot.
  /// Errors: vote.open, vote.none, vote.not_eligible, vote.already, vote.bad_ballot.
  Result<Events> decide(const signaling::VoteCommand& command, const Actor& actor) const;
  bool apply(const PastEvent& event);

  const std::optional<Vote>& current() const noexcept { return vote_; }
  bool is_secret() const { return vote_ && vote_->secret; }
  std::optional<signaling::VoteView> view() const;

 private:
  Result<Events> cast(const signaling::VoteCommand& command, const Actor& actor) const;
  signaling::Ballot sum() const;
  bool quorate() const;

  std::set<std::string> eligible_;
  std::optional<Vote> vote_;
};

}  // namespace diemcau::mcu
