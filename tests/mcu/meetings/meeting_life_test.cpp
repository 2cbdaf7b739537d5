#include "mcu/meetings/meeting_life.hpp"

#include <map>

#include <gmock/gmock.h>

namespace diemcau::mcu {
namespace {

using enum MeetingState;
using signaling::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::array kStates{draft, invited, trial, lobby, open, adjourned, closed};
constexpr std::array kRoles{Role::admin, Role::chair, Role::secretary, Role::site, Role::viewer};

TEST(MeetingLife, follows_this_table_and_no_other) {
  // Each row a state the meeting is in; each column one it would become: all managers (m), the
  // chair and administrators (c), nobody (.).
  const std::map<MeetingState, std::string> table{
      //             d i t l o a c
      {draft, /*  */ ".m.mm.c"}, {invited, /**/ "c.mmm.c"}, {trial, /*  */ ".m.m..c"},
      {lobby, /*  */ ".m..m.c"}, {open, /*   */ ".....mm"}, {adjourned, /**/ "....m.m"},
      {closed, /* */ "......."},
  };
  for (const MeetingState from : kStates) {
    for (const MeetingState to : kStates) {
      const char cell = table.at(from)[static_cast<std::size_t>(to)];
      for (const Role role : kRoles) {
        const bool chairs = role == Role::admin || role == Role::chair;
        const bool may = cell == 'm' ? chairs || role == Role::secretary : cell == 'c' && chairs;
        EXPECT_EQ(check_step(from, to, role).has_value(), may)
            << name_of(from) << " to " << name_of(to) << " by " << signaling::name_of(role);
      }
    }
  }
}

TEST(MeetingLife, says_why_a_step_is_refused) {
  EXPECT_EQ(check_step(closed, open, Role::chair).error().code, "meeting.closed");
  EXPECT_EQ(check_step(draft, adjourned, Role::chair).error().code, "meeting.bad_step");
  EXPECT_EQ(check_step(open, open, Role::chair).error().code, "meeting.bad_step");
  EXPECT_EQ(check_step(lobby, open, Role::site).error().code, "auth.forbidden");
  EXPECT_EQ(check_step(closed, open, Role::site).error().code, "auth.forbidden");
  EXPECT_EQ(check_step(draft, closed, Role::secretary).error().code, "auth.forbidden");
}

TEST(MeetingLife, offers_each_role_what_it_may_do_next) {
  EXPECT_THAT(steps_from(draft, Role::secretary), ElementsAre(invited, lobby, open));
  EXPECT_THAT(steps_from(invited, Role::chair), ElementsAre(draft, trial, lobby, open, closed));
  EXPECT_THAT(steps_from(open, Role::secretary), ElementsAre(adjourned, closed));
  EXPECT_THAT(steps_from(open, Role::site), IsEmpty());
  EXPECT_THAT(steps_from(closed, Role::admin), IsEmpty());
}

TEST(MeetingLife, lets_sites_in_from_the_trial_run_on_until_it_is_over) {
  for (const MeetingState state : kStates)
    EXPECT_EQ(may_enter(state), state != draft && state != invited && state != closed)
        << name_of(state);
}

TEST(MeetingLife, changes_the_frame_only_while_nobody_can_be_inside) {
  for (const MeetingState state : kStates) {
    EXPECT_EQ(check_change(state, PlanPart::frame).has_value(), state == draft || state == invited)
        << name_of(state);
    EXPECT_EQ(check_change(state, PlanPart::course).has_value(), state != closed) << name_of(state);
  }
  EXPECT_EQ(check_change(open, PlanPart::frame).error().code, "meeting.under_way");
  EXPECT_EQ(check_change(closed, PlanPart::course).error().code, "meeting.closed");
}

TEST(MeetingLife, reads_back_the_names_it_writes) {
  for (const MeetingState state : kStates) EXPECT_EQ(meeting_state_from(name_of(state)), state);
  EXPECT_FALSE(meeting_state_from("begun"));
}

}  // namespace
}  // namespace diemcau::mcu
