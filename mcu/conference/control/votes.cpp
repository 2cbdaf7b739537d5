#include "mcu/conference/control/votes.hpp"

namespace diemcau::mcu {

using signaling::Ballot;
using signaling::VoteVerb;

namespace {
Error none() {
  return make_error(Errc::conflict, "vote.none", "there is no vote at that step");
}

boost::json::object data_of(const Ballot& ballot) {
  return {{"agree", ballot.agree}, {"disagree", ballot.disagree}, {"other", ballot.other}};
}

Ballot ballot_of(const PastEvent& e) {
  return {static_cast<int>(e.number("agree")), static_cast<int>(e.number("disagree")),
          static_cast<int>(e.number("other"))};
}
}  // namespace

Result<Events> Votes::decide(const signaling::VoteCommand& command, const Actor& actor) const {
  const bool open = vote_ && vote_->state == State::open;
  switch (command.verb) {
    case VoteVerb::open:
      if (vote_ && vote_->state != State::announced)
        return make_error(Errc::conflict, "vote.open", "another vote is not announced yet");
      return Events{event(actor, "vote.opened",
                          {{"vote", vote_ ? vote_->number + 1 : 1},
                           {"question", command.question},
                           {"secret", command.secret},
                           {"by_delegate", command.by_delegate},
                           {"quorum", command.quorum},
                           {"eligible", eligible_.size()}})};
    case VoteVerb::cast:
      return cast(command, actor);
    case VoteVerb::close:
      if (!open) return none();
      return Events{
          event(actor, "vote.closed", {{"vote", vote_->number}, {"voted", vote_->voted.size()}})};
    case VoteVerb::announce: {
      if (!vote_ || vote_->state != State::closed) return none();
      auto data = data_of(vote_->secret ? command.secret_sum.value_or(Ballot{}) : sum());
      data["vote"] = vote_->number;
      data["voted"] = vote_->voted.size();
      data["quorate"] = quorate();
      return Events{event(actor, "vote.announced", data)};
    }
  }
  return Events{};
}

Result<Events> Votes::cast(const signaling::VoteCommand& command, const Actor& actor) const {
  if (!vote_ || vote_->state != State::open) return none();
  if (!eligible_.contains(actor.seat))
    return make_error(Errc::forbidden, "vote.not_eligible", "this seat was not invited to vote");
  const auto& ballot = command.ballot;
  if (vote_->by_delegate ? ballot.sum() < 1 : ballot.sum() != 1)
    return make_error(Errc::invalid_argument, "vote.bad_ballot",
                      "one choice for a site; at least one vote where delegates vote");
  if (vote_->secret) {
    // What it chose lies in a sum already: it cannot be taken back.
    if (vote_->voted.contains(actor.seat))
      return make_error(Errc::conflict, "vote.already", "a secret ballot is cast once");
    return Events{event(actor, "vote.voted", {{"vote", vote_->number}, {"seat", actor.seat}})};
  }
  auto data = data_of(ballot);
  data["vote"] = vote_->number;
  data["seat"] = actor.seat;
  data["opinion"] = ballot.other > 0 ? command.opinion : "";
  return Events{event(actor, "vote.cast", data)};
}

bool Votes::apply(const PastEvent& e) {
  if (!e.kind.starts_with("vote.")) return false;
  if (e.kind == "vote.opened") {
    vote_ = Vote{};
    vote_->number = static_cast<int>(e.number("vote"));
    vote_->question = e.text("question");
    vote_->secret = e.flag("secret");
    vote_->by_delegate = e.flag("by_delegate");
    vote_->quorum = static_cast<int>(e.number("quorum"));
    return true;
  }
  if (!vote_ || e.number("vote") != vote_->number) return true;
  if (e.kind == "vote.cast") {
    vote_->voted.insert(e.text("seat"));
    vote_->ballots[e.text("seat")] = {e.text("seat"), e.text("opinion"), ballot_of(e)};
  } else if (e.kind == "vote.voted") {
    vote_->voted.insert(e.text("seat"));
  } else if (e.kind == "vote.closed") {
    vote_->state = State::closed;
  } else if (e.kind == "vote.announced") {
    vote_->state = State::announced;
    vote_->result = ballot_of(e);
  }
  return true;
}

Ballot Votes::sum() const {
  Ballot all;
  for (const auto& [seat, named] : vote_->ballots) {
    all.agree += named.ballot.agree;
    all.disagree += named.ballot.disagree;
    all.other += named.ballot.other;
  }
  return all;
}

bool Votes::quorate() const {
  return vote_->voted.size() * 100 >= eligible_.size() * static_cast<std::size_t>(vote_->quorum);
}

std::optional<signaling::VoteView> Votes::view() const {
  if (!vote_) return std::nullopt;
  signaling::VoteView view;
  view.number = vote_->number;
  view.question = vote_->question;
  view.state = vote_->state == State::open     ? "open"
               : vote_->state == State::closed ? "closed"
                                               : "announced";
  view.secret = vote_->secret;
  view.by_delegate = vote_->by_delegate;
  view.quorum = vote_->quorum;
  view.eligible = static_cast<int>(eligible_.size());
  view.voted.assign(vote_->voted.begin(), vote_->voted.end());
  if (vote_->state != State::announced) return view;
  view.result = vote_->result;
  view.quorate = quorate();
  for (const auto& [seat, named] : vote_->ballots) view.ballots.push_back(named);
  return view;
}

}  // namespace diemcau::mcu
