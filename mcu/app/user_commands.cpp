#include <algorithm>
#include <iomanip>
#include <istream>
#include <ostream>

#include "mcu/app/commands.hpp"
#include "signaling/auth/secret.hpp"

namespace diemcau::mcu {
namespace {

using signaling::Role;

struct UserFlags {
  DataFlags data;
  std::string username, name, role = "viewer", unit;
  bool password_stdin = false;
};

/// Never from the command line, where every other process can read it.
std::string password_for(const UserFlags& flags, CliContext& context) {
  if (!flags.password_stdin) return signaling::random_password();
  std::string password;
  std::getline(context.in, password);
  if (!password.empty() && password.back() == '\r') password.pop_back();
  return password;
}

void say_password(const UserFlags& flags, const std::string& password, CliContext& context) {
  if (flags.password_stdin) return;
  context.out << password << "\n";
  context.err << "Mật khẩu của " << flags.username << ", chỉ hiện một lần · password, shown once\n";
}

void add_user(const UserFlags& flags, CliContext& context) {
  auto stores = flags.data.open(context.clock);
  const auto tree = value_or_fail(stores->units.today(context.clock));
  const UnitCode unit = flags.unit.empty() ? tree->root().code : UnitCode(flags.unit);
  if (tree->find(unit) == nullptr) {
    wrong_usage("no unit " + flags.unit + " in catalogue " + tree->catalogue());
  }
  const std::string password = password_for(flags, context);
  const Role role = signaling::role_from(flags.role).value_or(Role::viewer);
  value_or_fail(stores->accounts.create({flags.username, flags.name, role, unit}, password));
  say_password(flags, password, context);
}

void list_users(const UserFlags& flags, CliContext& context) {
  auto stores = flags.data.open(context.clock);
  for (const auto& account : value_or_fail(stores->accounts.list())) {
    context.out << std::left << std::setw(20) << account.username << ' ' << std::setw(10)
                << name_of(account.role) << ' ' << std::setw(10) << account.unit.str() << ' '
                << std::setw(9) << (account.disabled ? "disabled" : "active") << ' '
                << account.display_name << "\n";
  }
}

void reset_password(const UserFlags& flags, CliContext& context) {
  auto stores = flags.data.open(context.clock);
  const std::string password = password_for(flags, context);
  value_or_fail(stores->accounts.set_password(flags.username, password));
  say_password(flags, password, context);
}

}  // namespace

void add_user_commands(CLI::App& app, CliContext& context) {
  CLI::App* user = app.add_subcommand("user", "accounts of people")->require_subcommand(1);
  auto flags = std::make_shared<UserFlags>();
  auto add = [&](const char* name, const char* help, bool named, auto run) {
    CLI::App* command = user->add_subcommand(name, help);
    if (named) command->add_option("USERNAME", flags->username, "")->required();
    flags->data.add_to(*command);
    command->callback([flags, &context, run] { run(*flags, context); });
    return command;
  };
  CLI::App* create = add("add", "create an account; prints a password made for it", true, add_user);
  create->add_option("--role", flags->role, "admin, chair, secretary, site or viewer")
      ->required()
      ->check(CLI::IsMember({"admin", "chair", "secretary", "site", "viewer"}));
  create->add_option("--unit", flags->unit, "the unit it belongs to (default: the province)")
      ->type_name("CODE");
  create->add_option("--name", flags->name, "shown to others (default: the user name)");
  add("list", "all accounts", false, list_users);
  add("disable", "lock an account and end its sessions", true,
      [](const UserFlags& f, CliContext& c) {
        value_or_fail(f.data.open(c.clock)->accounts.set_disabled(f.username, true));
      });
  add("enable", "unlock an account", true, [](const UserFlags& f, CliContext& c) {
    value_or_fail(f.data.open(c.clock)->accounts.set_disabled(f.username, false));
  });
  CLI::App* reset =
      add("reset-password", "give a new password and end its sessions", true, reset_password);
  for (CLI::App* command : {create, reset}) {
    command->add_flag("--password-stdin", flags->password_stdin,
                      "read the password from standard input instead of making one");
  }
}

}  // namespace diemcau::mcu
