#include "mcu/meetings/documents/document_rights.hpp"

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using signaling::Identity;
using signaling::Role;

constexpr DocumentVerb kVerbs[] = {DocumentVerb::read, DocumentVerb::show, DocumentVerb::take_back,
                                   DocumentVerb::give_out, DocumentVerb::remove};

Identity as(Role role, const char* unit) {
  Identity who;
  who.role = role;
  who.unit = UnitCode(unit);
  return who;
}

std::string answer(const Result<void>& result) {
  return result ? "yes" : result.error().code;
}

TEST(DocumentRights, say_for_each_role_and_verb_what_it_may) {
  struct Row {
    Role role;
    const char* unit;
    DocumentState state;
    std::vector<std::string> of_each_verb;
  };
  const std::string yes = "yes", no = "auth.forbidden", gone = "document.not_found";
  const std::vector<std::string> all(5, yes), none(5, gone);
  const std::vector<Row> table{
      {Role::admin, "", DocumentState::available, all},
      {Role::admin, "", DocumentState::taken_back, all},
      {Role::chair, "HD", DocumentState::available, all},
      {Role::chair, "HD", DocumentState::taken_back, all},
      {Role::secretary, "HD-VP", DocumentState::available, all},
      {Role::secretary, "HD-VP", DocumentState::taken_back, all},
      {Role::site, "HD-1", DocumentState::available, {yes, yes, yes, no, no}},
      {Role::site, "HD-1", DocumentState::taken_back, none},
      {Role::site, "HD-2", DocumentState::available, {yes, yes, no, no, no}},
      {Role::site, "HD-2", DocumentState::taken_back, none},
      {Role::viewer, "HD-1", DocumentState::available, {yes, no, no, no, no}},
      {Role::viewer, "HD-1", DocumentState::taken_back, none},
  };
  for (const auto& row : table) {
    Document document;
    document.unit = UnitCode("HD-1");
    document.state = row.state;
    for (std::size_t verb = 0; verb < std::size(kVerbs); ++verb)
      EXPECT_EQ(answer(check_may(kVerbs[verb], as(row.role, row.unit),
                                 as(row.role, row.unit).may_manage_meeting(), document)),
                row.of_each_verb[verb])
          << name_of(row.role) << " " << row.unit << " verb " << verb;
  }
}

TEST(DocumentRights, let_a_site_bring_documents_of_its_own_unit_only) {
  const UnitCode own("HD-1"), other("HD-2");
  EXPECT_EQ(answer(check_may_add(as(Role::site, "HD-1"), false, own)), "yes");
  EXPECT_EQ(answer(check_may_add(as(Role::site, "HD-1"), false, other)), "auth.forbidden");
  EXPECT_EQ(answer(check_may_add(as(Role::site, "HD-1"), true, other)), "yes") << "a co-chair";
  EXPECT_EQ(answer(check_may_add(as(Role::viewer, "HD-1"), false, own)), "auth.forbidden");
  for (const Role role : {Role::admin, Role::chair, Role::secretary})
    EXPECT_EQ(answer(check_may_add(as(role, "HD"), true, other)), "yes");
}

}  // namespace
}  // namespace diemcau::mcu
