#include <gmock/gmock.h>

#include "tests/mcu/conference/control/room_fixture.hpp"

namespace diemcau::mcu {
namespace {

using signaling::Ballot;
using signaling::VoteVerb;
using testing::ElementsAre;

class VotesTest : public RoomFixture {
 protected:
  static signaling::VoteCommand open(bool secret, bool by_delegate = false, int quorum = 0) {
    signaling::VoteCommand c;
    c.question = "Thông qua chương trình";
    c.secret = secret;
    c.by_delegate = by_delegate;
    c.quorum = quorum;
    return c;
  }
  static signaling::VoteCommand cast(Ballot ballot, std::string opinion = "") {
    signaling::VoteCommand c;
    c.verb = VoteVerb::cast;
    c.ballot = ballot;
    c.opinion = std::move(opinion);
    return c;
  }
  static signaling::VoteCommand step(VoteVerb verb) {
    signaling::VoteCommand c;
    c.verb = verb;
    return c;
  }
  signaling::VoteView view() const { return *room.votes().view(); }
};

TEST_F(VotesTest, a_named_vote_is_opened_cast_closed_and_announced_with_who_chose_what) {
  EXPECT_EQ(say(open(false), secretary()), "");
  EXPECT_EQ(say(open(false), secretary()), "vote.open");
  EXPECT_EQ(say(cast({1, 0, 0}), site("HD-288/site")), "");
  EXPECT_EQ(say(cast({0, 0, 1}, "Cần bổ sung"), site("HD-10507/site")), "");
  EXPECT_EQ(say(cast({0, 1, 0}), site("HD-288/site")), "")
      << "until it is closed one may think again";
  EXPECT_FALSE(view().result) << "nothing is known before it is announced";
  EXPECT_TRUE(view().ballots.empty());
  EXPECT_EQ(say(step(VoteVerb::announce), secretary()), "vote.none");
  EXPECT_EQ(say(step(VoteVerb::close), secretary()), "");
  EXPECT_EQ(say(cast({1, 0, 0}), site("HD-SNV/site")), "vote.none");
  EXPECT_EQ(say(step(VoteVerb::announce), secretary()), "");
  EXPECT_EQ(*view().result, (Ballot{0, 1, 1}));
  ASSERT_EQ(view().ballots.size(), 2u);
  EXPECT_EQ(view().ballots[0].opinion, "Cần bổ sung");
  EXPECT_EQ(say(open(false), secretary()), "");
  EXPECT_EQ(view().number, 2);
}

TEST_F(VotesTest, of_a_secret_vote_the_log_holds_who_voted_and_never_what) {
  say(open(true), chair());
  EXPECT_EQ(say(cast({1, 0, 0}, "lời khai"), site("HD-288/site")), "");
  EXPECT_EQ(say(cast({0, 1, 0}), site("HD-288/site")), "vote.already");
  for (const auto& [entry, at] : log) {
    if (entry.kind != "vote.voted") continue;
    EXPECT_EQ(entry.data, R"({"vote":1,"seat":"HD-288/site"})");
  }
  EXPECT_THAT(view().voted, ElementsAre("HD-288/site"));
  say(step(VoteVerb::close), chair());
  auto announce = step(VoteVerb::announce);
  announce.secret_sum = Ballot{1, 0, 0};
  say(announce, chair());
  EXPECT_EQ(*view().result, (Ballot{1, 0, 0}));
  EXPECT_TRUE(view().ballots.empty());
}

TEST_F(VotesTest, a_site_has_one_vote_and_brings_many_only_where_delegates_vote) {
  say(open(false), chair());
  for (const Ballot ballot : {Ballot{2, 0, 0}, Ballot{1, 1, 0}, Ballot{0, 0, 0}})
    EXPECT_EQ(say(cast(ballot), site()), "vote.bad_ballot");
  say(step(VoteVerb::close), chair());
  say(step(VoteVerb::announce), chair());
  say(open(false, true), chair());
  EXPECT_EQ(say(cast({12, 3, 1}), site()), "");
  EXPECT_EQ(say(cast({0, 0, 0}), site("HD-288/site")), "vote.bad_ballot");
  say(step(VoteVerb::close), chair());
  say(step(VoteVerb::announce), chair());
  EXPECT_EQ(*view().result, (Ballot{12, 3, 1}));
}

TEST_F(VotesTest, only_who_was_invited_votes) {
  say(open(false), chair());
  EXPECT_EQ(say(cast({1, 0, 0}), site("HD-777/site")), "vote.not_eligible");
  EXPECT_EQ(say(cast({1, 0, 0}), viewer()), "auth.forbidden");
  EXPECT_EQ(say(open(true), site()), "auth.forbidden");
}

TEST_F(VotesTest, the_quorum_is_a_share_of_those_invited) {
  for (const int quorum : {40, 41}) {
    say(open(false, false, quorum), chair());
    say(cast({1, 0, 0}), site("HD-288/site"));
    say(cast({1, 0, 0}), site("HD-10507/site"));
    say(step(VoteVerb::close), chair());
    say(step(VoteVerb::announce), chair());
    EXPECT_EQ(view().quorate, quorum == 40) << "two of five voted";
  }
}

TEST_F(VotesTest, a_restart_finds_an_open_vote_with_its_ballots) {
  say(open(false), chair());
  say(cast({1, 0, 0}), site("HD-288/site"));
  auto again = restarted();
  const auto vote = *again.votes().view();
  EXPECT_EQ(vote.state, "open");
  EXPECT_THAT(vote.voted, ElementsAre("HD-288/site"));
}

}  // namespace
}  // namespace diemcau::mcu
