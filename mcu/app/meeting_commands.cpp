#include <iomanip>
#include <ostream>

#include "mcu/app/commands.hpp"

namespace diemcau::mcu {
namespace {

struct MeetingFlags {
  DataFlags data;
  std::string title, chair, kind, expect = "all";
};

struct TokenFlags {
  DataFlags data;
  std::string meeting, unit, role, ttl = "8h";
};

void create_meeting(const MeetingFlags& flags, CliContext& context) {
  auto stores = flags.data.open(context.clock);
  NewMeeting wanted;
  wanted.title = flags.title;
  wanted.kind = flags.kind;
  wanted.chair = UnitCode(flags.chair);
  wanted.expect = flags.expect;
  context.out << value_or_fail(stores->meetings.create(wanted)).id.str() << "\n";
}

void list_meetings(const MeetingFlags& flags, CliContext& context) {
  auto stores = flags.data.open(context.clock);
  for (const Meeting& meeting : value_or_fail(stores->meetings.list())) {
    context.out << meeting.id.str() << "  " << std::left << std::setw(10) << name_of(meeting.state)
                << local_time(meeting.created_at) << "  " << std::setw(10) << meeting.chair.str()
                << ' ' << meeting.title << "\n";
  }
}

void mint(const TokenFlags& flags, CliContext& context) {
  const auto ttl = parse_duration(flags.ttl);
  if (!ttl) wrong_usage("--ttl must be a number with s, m, h or d: 8h");
  const auto role = signaling::role_from(flags.role);
  auto stores = flags.data.open(context.clock);
  const auto minted = value_or_fail(
      mint_token(*stores, MeetingId(flags.meeting), UnitCode(flags.unit), role.value(), *ttl));
  context.out << minted.secret << "\n";
}

}  // namespace

void add_meeting_commands(CLI::App& app, CliContext& context) {
  CLI::App* meeting = app.add_subcommand("meeting", "meetings")->require_subcommand(1);
  auto flags = std::make_shared<MeetingFlags>();
  CLI::App* create = meeting->add_subcommand("create", "create and open a meeting; prints its id");
  create->add_option("--title", flags->title, "")->required();
  create->add_option("--chair", flags->chair, "unit that chairs (default: the province)")
      ->type_name("CODE");
  create->add_option("--kind", flags->kind, "e.g. \"giao ban\"");
  create
      ->add_option("--expect", flags->expect,
                   "all, CODE, CODE/* (all below), CODE/+ (both), CODE/commune (that level below), "
                   "-… (without), joined by commas")
      ->capture_default_str();
  flags->data.add_to(*create);
  create->callback([flags, &context] { create_meeting(*flags, context); });
  CLI::App* list = meeting->add_subcommand("list", "the latest meetings");
  flags->data.add_to(*list);
  list->callback([flags, &context] { list_meetings(*flags, context); });
}

void add_token_command(CLI::App& app, CliContext& context) {
  CLI::App* command = app.add_subcommand("token", "a bearer token for one meeting; prints it");
  auto flags = std::make_shared<TokenFlags>();
  command->add_option("--meeting", flags->meeting, "its id")->type_name("ID")->required();
  command->add_option("--unit", flags->unit, "")->type_name("CODE")->required();
  command->add_option("--role", flags->role, "chair, secretary, site or viewer")
      ->required()
      ->check(CLI::IsMember({"chair", "secretary", "site", "viewer"}));
  command->add_option("--ttl", flags->ttl, "how long it is good: 30m, 8h, 7d")
      ->capture_default_str();
  flags->data.add_to(*command);
  command->callback([flags, &context] { mint(*flags, context); });
}

}  // namespace diemcau::mcu
